// Package domain holds Earshot's words as types and its rules as pure functions: who a call belongs to,
// whether it qualifies, which state it is in and why. It imports the standard library only and does no I/O.
package domain
