// Package insight finds questions, next steps, mentions, key moments and talk metrics in the lines of a call,
// by rules alone: same lines in, same insights out.
package insight
