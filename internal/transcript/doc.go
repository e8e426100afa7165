// Package transcript reads transcripts that others made: the JSON of `earshot process`, results of AWS, WebVTT, SubRip and `Speaker: text` lines.
package transcript
