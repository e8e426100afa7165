// Package audio reads recordings of any kind into 16 kHz channels and finds out how they are laid out, where
// somebody speaks and what the waveform looks like. It knows nothing about calls, databases or engines.
package audio
