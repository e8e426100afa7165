package llm

import (
	"strconv"
	"strings"
	"unicode"
)

// units name a kind of amount: signs before, and words after a number.
var units = map[string]string{
	"$": "money", "€": "money", "£": "money", "¥": "money", "dollar": "money", "dollars": "money", "bucks": "money", "usd": "money", "euro": "money", "euros": "money",
	"eur": "money", "pound": "money", "pounds": "money", "gbp": "money", "cent": "money", "cents": "money", "%": "percent", "percent": "percent", "pct": "percent",
}

var small = map[string]float64{"zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
	"twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
	"fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
	"thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30}

var powers = map[string]float64{"hundred": 100, "hundreds": 100, "thousand": 1e3, "thousands": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "billions": 1e9}

// vague words are amounts that count only as the words they are.
var vague = map[string]bool{"half": true, "quarter": true, "quarters": true, "dozen": true, "dozens": true, "double": true, "doubled": true, "triple": true, "tripled": true, "twice": true,
	"thrice": true, "couple": true, "halved": true}

// amount is a number as a text has it.
type amount struct {
	value float64
	unit  string // money, percent or none
	word  string // for what cannot be reckoned: counts as written
	shown string
}

// amounts reads the numbers of a text, in digits or in words, each as large as it can be read.
func amounts(text string) []amount {
	ts := tokens(text)
	var out []amount
	for i := 0; i < len(ts); {
		a, n := amountAt(ts, i)
		if n == 0 {
			i++
			continue
		}
		a.unit = unitAt(text, ts, i, i+n)
		a.shown = text[ts[i].from:ts[i+n-1].to]
		out = append(out, a)
		i += n
	}
	return out
}

// readings are all numbers that may be meant in a text: "twenty twenty six" is 20, 26, 2026 and more.
func readings(text string) []amount {
	ts := tokens(text)
	out := amounts(text)
	for i := range ts {
		for n := 1; n <= 10 && i+n <= len(ts) && numeric(ts[i+n-1]); n++ {
			unit := unitAt(text, ts, i, i+n)
			for _, v := range values(ts[i : i+n]) {
				out = append(out, amount{value: v, unit: unit})
			}
		}
	}
	return out
}

func numeric(t token) bool {
	_, isSmall := small[t.text]
	_, isPower := powers[t.text]
	return isSmall || isPower || t.number || t.text == "and" || t.text == "a" || t.text == "point"
}

// amountAt reads the number at token i and how many tokens it takes; 0 where there is none.
func amountAt(ts []token, i int) (amount, int) {
	if vague[ts[i].text] {
		return amount{word: ts[i].text}, 1
	}
	for n := min(10, len(ts)-i); n > 0; n-- {
		if !numeric(ts[i+n-1]) || ts[i].text == "a" || ts[i].text == "and" {
			continue
		}
		if vs := values(ts[i : i+n]); len(vs) > 0 {
			return amount{value: vs[0]}, n
		}
	}
	if _, power := powers[ts[i].text]; power || ts[i].number {
		return amount{word: ts[i].text}, 1
	}
	return amount{}, 0
}

// values that tokens may be read as, taken whole: the usual sum first, then digits in a row ("four oh two") and pairs ("twenty six", "nineteen fifty").
func values(ts []token) []float64 {
	if len(ts) == 1 && ts[0].number {
		v, ok := written(ts[0].text)
		if !ok {
			return nil
		}
		return []float64{v}
	}
	var out []float64
	if v, ok := sum(ts); ok {
		out = append(out, v)
	}
	if v, ok := concatenated(ts); ok {
		out = append(out, v)
	}
	return out
}

// written reads "1,500", "15.5", "5th", "2k", "3pm".
func written(text string) (float64, bool) {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' })
	scale := 1.0
	if end >= 0 {
		switch text[end:] {
		case "st", "nd", "rd", "th", "am", "pm", "s":
		case "k":
			scale = 1e3
		case "m":
			scale = 1e6
		default:
			return 0, false
		}
		text = text[:end]
	}
	if i := strings.LastIndexByte(text, ','); i >= 0 && len(text)-i != 4 && !strings.Contains(text[i:], ".") {
		return 0, false // 1,5 is no thousand
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	return v * scale, err == nil
}

// sum reads "two hundred and fifty thousand", "fifteen hundred", "twenty six", "1.5 million", "a hundred", "two point five".
func sum(ts []token) (float64, bool) {
	total, group, last := 0.0, 0.0, -1.0
	for i, t := range ts {
		v, isSmall := small[t.text]
		if t.number {
			v, isSmall = written(t.text)
		}
		power, isPower := powers[t.text]
		switch {
		case t.text == "point" && i > 0 && i+1 < len(ts):
			d, ok := concatenated(ts[i+1:])
			if !ok {
				return 0, false
			}
			for range len(ts) - i - 1 {
				d /= 10
			}
			return total + group + d, true
		case isPower && power == 100 && group > 0 && group < 100:
			group, last = group*100, 100
		case isPower && group > 0 && (total == 0 || power < 1e6):
			total, group, last = total+group*power, 0, power
		case isSmall && (group == 0 || last == 100 && v < 100 || last >= 20 && last < 100 && v > 0 && v < 10):
			group, last = group+v, v
		case t.text == "and" && i > 0 && i+1 < len(ts) && last >= 100:
		case t.text == "a" && i == 0 && len(ts) > 1 && powers[ts[1].text] > 0:
			group, last = 1, 1
		default:
			return 0, false
		}
	}
	return total + group, last >= 0 && ts[len(ts)-1].text != "and"
}

// concatenated reads numbers said in a row: "four oh two", "twenty twenty six", "nineteen ninety".
func concatenated(ts []token) (float64, bool) {
	digits := ""
	for i := 0; i < len(ts); i++ {
		v, ok := small[ts[i].text]
		if ts[i].number {
			v, ok = written(ts[i].text)
		}
		if !ok || v != float64(int(v)) {
			return 0, false
		}
		if next := small[textAt(ts, i+1)]; v >= 20 && v < 100 && int(v)%10 == 0 && next > 0 && next < 10 {
			v += next
			i++
		}
		digits += strconv.Itoa(int(v))
	}
	v, err := strconv.ParseFloat(digits, 64)
	return v, err == nil && len(digits) < 16
}

func textAt(ts []token, i int) string {
	if i < len(ts) {
		return ts[i].text
	}
	return ""
}

// unitAt is the unit of the number in tokens [i, end).
func unitAt(text string, ts []token, i, end int) string {
	before := []rune(strings.TrimRight(text[:ts[i].from], " "))
	if len(before) > 0 && units[string(before[len(before)-1])] != "" {
		return units[string(before[len(before)-1])]
	}
	after := strings.TrimLeft(text[ts[end-1].to:], " ")
	if strings.HasPrefix(after, "%") || strings.HasPrefix(after, "€") {
		return units[string([]rune(after)[0])]
	}
	if u := units[textAt(ts, end)]; u != "" {
		return u
	}
	if textAt(ts, end) == "per" && textAt(ts, end+1) == "cent" {
		return "percent"
	}
	return ""
}

// unsupported gives the first number of text that the source does not say; "" if all are there. What cannot be reckoned must be there as written.
func unsupported(text, source string) string {
	said := readings(source)
	words := map[string]bool{}
	for _, t := range tokens(source) {
		words[t.text] = true
	}
	for _, a := range amounts(text) {
		if a.word != "" && words[a.word] || a.word == "" && has(said, a) {
			continue
		}
		return a.shown
	}
	return ""
}

func has(said []amount, a amount) bool {
	for _, s := range said {
		if s.word == "" && s.value == a.value && (a.unit == "" || a.unit == s.unit) {
			return true
		}
	}
	return false
}
