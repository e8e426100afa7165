package insight

import "strings"

// Words at the start of English questions.
var (
	auxiliaries  = setOf("do does did is are am was were can could would will shall should may might have has")
	subjects     = setOf("you i we they he she it there this that these those anyone anybody someone somebody everyone everything anything")
	determiners  = setOf("the your my our his her their a an any all both")
	notSubjects  = setOf("i you we they he she it who which that there to not n't 'll as than nor neither if whatever whenever wherever all everything anything only never can could will would should do does did may might")
	whWords      = setOf("what where when why how who whose whom which")
	whQuantities = setOf("much many long often soon far big old late early quickly")
	whKinds      = setOf("kind kinds sort type time day date number one ones part color size other else about email address plan name version make model year month company product price amount exactly")
	embedders    = setOf("know knows tell me see wonder wondering ask asked explain understand understands about of sure say says remember idea exactly is was on for to with matter whatever from at in figure find out check decide not like that's regardless depending")
)

// auxSubjects says which words make a question behind an auxiliary at the start of a clause.
// "do that" and "have the" are orders, "should you" and "had you" are conditions.
var auxSubjects = map[string]words{
	"do": setOf("you i we they"), "does": subjectsAnd("the your my"), "did": subjectsAnd("the your my"),
	"is": subjectsAnd("now the your my our his her their everyone"), "are": subjectsAnd("the your my our"), "am": setOf("i"), "was": subjectsAnd("the your my"), "were": setOf("you we they there these those the your"),
	"can": subjectsAnd(""), "could": subjectsAnd(""), "would": subjectsAnd("the your"), "will": subjectsAnd("the your my"), "shall": setOf("i we"), "should": setOf("i we they it he she"),
	"may": setOf("i we"), "might": setOf("i we"), "have": setOf("you i we they"), "has": subjectsAnd("the your my"),
}

func subjectsAnd(list string) words {
	set := setOf(list)
	for w := range subjects {
		set[w] = true
	}
	return set
}

var (
	indirect = patterns(`
i was|'m|am ~ wondering|curious if|whether|what|how|when|where|why|who
i wanted|want|'d|would like? to know|ask if|whether|what|how|when|where|why|who
mind if i|we
any idea|chance|update|updates|questions
anything else
anything else i|we|you|that|today|for
how long|soon until|before
how about i|you|we|if|next|monday|tuesday|wednesday|thursday|friday|tomorrow
what about
how come
what if
why not
why do n't you|we|i
`)
	noQuestions = patterns(`
what i|we|you|they|he|she mean|means
do you know what i mean
you know what
know what
guess what
tell you what
what a|an|the
how about that
how do you do
is that so
here 's
`)
)

// asks is the word behind the head of a question that starts at word i of the sentence, else -1.
func (c *call) asks(l *line, s sentence, i int) int {
	if !c.startsClause(l, s, i) {
		return -1
	}
	ws := l.words[:s.last]
	if matchAny(noQuestions, ws, i) >= 0 {
		return -1
	}
	if ws[i].text == "now" && i+2 == len(ws) && ws[i+1].text == "what" {
		return i + 2
	}
	if (ws[i].text == "any" || ws[i].text == "anything") && l.is(i-1, havers) {
		return -1 // "if you have any questions", "is there anything else"
	}
	if end := matchAny(indirect, ws, i); end > 0 && (i == s.first || !l.is(i-1, embedders) || l.is(i-1, beVerbs) || ws[i+1].text == "about") {
		return end
	}
	free := i == s.first || l.words[i].gap >= gapComma
	if whWords[ws[i].text] {
		return asksWh(ws, i, free)
	}
	if !auxiliaries[ws[i].text] {
		return -1
	}
	return asksAux(l, ws, i, s, free)
}

var havers = setOf("there have has had having with of for without about need needs want")

// asksWh knows "what is your", "how much does it", "which plan are you"; a subject right behind the wh-word
// makes a clause that is part of a statement: "when you called we ...".
func asksWh(ws []word, i int, free bool) int {
	if !free && i > 0 && (embedders[ws[i-1].text] && !(i == 1 && ws[0].text == "sure") || auxiliaries[ws[i-1].text]) {
		return -1
	}
	if happens(ws, i) {
		return i + 2
	}
	if actorAsked(ws, i, free) {
		return i + 2
	}
	aux := i + 1
	if aux < len(ws) && !auxiliaries[ws[aux].text] && ws[aux].text != "'s" && ws[aux].text != "'re" && ws[aux].text != "'d" {
		aux = auxBehindNoun(ws, i)
	}
	switch {
	case aux < 0:
		return -1
	case aux >= len(ws):
		return alone(ws, i)
	case ws[i].text == "which" && aux == i+1, ws[i].text == "who" && aux == i+1 && ws[i].gap == gapComma:
		return -1 // ", which is fine"
	case ws[aux].text == "'s" && aux+1 == len(ws), isCleft(ws, aux):
		return -1
	}
	return min(aux+2, len(ws))
}

// actorAsked knows "who signs the contract" where a clause starts, and "how does Friday sound" anywhere.
func actorAsked(ws []word, i int, free bool) bool {
	if i+1 >= len(ws) || ws[i+1].gap != gapSpace {
		return false
	}
	next := ws[i+1].text
	if ws[i].text == "how" {
		return next == "does" && i+2 < len(ws)
	}
	return ws[i].text == "who" && (free || starters[ws[i-1].text]) && len(next) > 3 && strings.HasSuffix(next, "s") && !strings.HasSuffix(next, "ss")
}

// happens knows "what happened" and "what happens if".
func happens(ws []word, i int) bool {
	if i+1 >= len(ws) || ws[i].text != "what" || ws[i+1].text != "happened" && ws[i+1].text != "happens" {
		return false
	}
	return i+2 == len(ws) || ws[i+2].gap >= gapComma || afterHappens[ws[i+2].text]
}

// choices end "what number is best".
var choices = setOf("best better good easiest easier fine available right convenient")

var afterHappens = setOf("now next then if after when to with")

// alone takes a clause that is a single wh-word.
func alone(ws []word, i int) int {
	if ws[i].gap == gapStop && ws[i].text != "which" {
		return i + 1
	}
	return -1
}

// auxBehindNoun finds the auxiliary of "what time do you", "how long will it", "how much"; -1 if there is none.
func auxBehindNoun(ws []word, i int) int {
	second := ws[i+1].text
	quantity := ws[i].text == "how" && whQuantities[second]
	kind := (ws[i].text == "what" || ws[i].text == "which" || ws[i].text == "whose") && !subjects[second] && !determiners[second]
	if !quantity && !kind {
		return -1
	}
	for j := i + 2; j < min(i+7, len(ws)); j++ {
		if ws[j].gap != gapSpace || notSubjects[ws[j].text] && !auxiliaries[ws[j].text] {
			break
		}
		if next := j + 1; auxiliaries[ws[j].text] && next < len(ws) && (subjects[ws[next].text] || determiners[ws[next].text] || quantity && second == "many" && !beVerbs[ws[j].text] || kind && whKinds[second] && beVerbs[ws[j].text] && choices[ws[next].text]) {
			if beVerbs[ws[j].text] && ws[next].text == "that" && kind && !whKinds[second] {
				return -1 // "what happened is that"
			}
			return j
		}
	}
	if quantity && len(ws)-i <= 4 || kind && whKinds[second] && len(ws)-i <= 3 {
		return len(ws) - 1
	}
	return -1
}

// isCleft knows "what's happening is ..." and "what is important is ...".
func isCleft(ws []word, aux int) bool {
	for j := aux + 2; j < min(aux+4, len(ws)); j++ {
		if ws[j].text == "is" && ws[j-1].text != "this" && ws[j-1].text != "it" {
			return true
		}
	}
	return false
}

var (
	beVerbs    = setOf("is are was were am")
	beNouns    = setOf("problem issue thing concern question point reason part truth fact idea plan goal deal worry understanding guess one rule answer trouble hope policy here there way what where how when who which it he she that this these those only all cost price name number address order")
	finite     = setOf("is was has does do did can will would could should might 's 'll keeps says goes looks seems comes works takes costs needs wants makes gets went came said got had have")
	thatAsked  = setOf("before after okay ok right correct fine good something everything possible true all enough what because")
	afterSo    = setOf("so nor neither never only")
	shortReply = 2
	// mayBeObject may end a clause: "got it would you", "to hear that can I". "It would you know" asks nothing.
	mayBeObject = setOf("it that this there here")
	notAsked    = setOf("know mean")
	existing    = setOf("any a an anything another anyone some other")
)

// asksAux knows an auxiliary in front of its subject.
func asksAux(l *line, ws []word, i int, s sentence, free bool) int {
	n := i + 1
	if n < len(ws) && ws[n].text == "n't" {
		n++
	}
	if n >= len(ws) || !auxSubjects[ws[i].text][ws[n].text] || ws[n].gap != gapSpace {
		return -1
	}
	left := len(ws) - n - 1
	switch {
	case left == 0 && (!s.asks || i > s.first && !free):
		return -1 // "so do I", "oh did you"
	case i > s.first && afterSo[ws[i-1].text] && left < shortReply:
		return -1
	case free:
		return n + 1
	case beVerbs[ws[i].text] && ws[n].text == "there" && left > 0 && existing[ws[n+1].text]:
		return n + 1
	case i > s.first && mayBeObject[ws[i-1].text] && !beVerbs[ws[i].text]:
		if left > 0 && (finite[ws[n+1].text] || notAsked[ws[n+1].text]) {
			return -1
		}
	case i > s.first+1 && ws[i-1].text == "you" && ws[i-2].text == "thank", ws[i].text == "shall":
		return n + 1
	case i > s.first && notSubjects[ws[i-1].text] && !l.is(i-1, starters):
		return -1 // "as soon as I can I will"
	case beVerbs[ws[i].text] && !beAsked(ws, i, n):
		return -1
	}
	return n + 1
}

// beAsked tells "is it too late" from "the problem is it keeps dropping" within a sentence.
func beAsked(ws []word, i, n int) bool {
	if i > 0 && (beNouns[ws[i-1].text] || determiners[ws[n].text] && ws[n].text != "your" && !starters[ws[i-1].text]) {
		return false
	}
	if n+1 < len(ws) && finite[ws[n+1].text] {
		return false
	}
	return ws[n].text != "that" || n+1 < len(ws) && (thatAsked[ws[n+1].text] || n+2 == len(ws))
}

var (
	tags = patterns(`
is|are|was|were|do|does|did|has|have|ca|can|will|would|could|should n't it|you|we|they|he|she|that|i|there
is that right|correct|okay|ok|fine
right
correct
`)
	noTags = setOf("all 's is are was the be sounds not look looks about turn 're seems you're quite that's it absolutely yes yeah far")
)

// hasTag knows "you are on the pro plan, right" and "that is the old one isn't it".
func hasTag(l *line, s sentence) bool {
	ws := l.words[:s.last]
	for i := max(s.first+3, s.last-3); i < s.last; i++ {
		if matchAny(tags, ws, i) != s.last {
			continue
		}
		if one := i == s.last-1; one && (ws[i].gap != gapComma && !l.hasYou(s) || noTags[ws[i-1].text]) {
			continue
		}
		return true
	}
	return false
}

func (l *line) hasYou(s sentence) bool {
	for _, w := range l.words[s.first:s.last] {
		if w.text == "you" || w.text == "your" {
			return true
		}
	}
	return false
}

var markFillers = setOf("hello hi hey okay ok yes yeah no sorry right really oh um uh hmm huh alright sure pardon see you know what how about that good morning afternoon")

// asksByMark believes a question mark unless everything before it is a filler: "Hello?", "You know what?".
func asksByMark(l *line, s sentence) bool {
	if s.last-s.first == 1 {
		only := l.words[s.first].text
		return whWords[only] || cardinalDay(only) || cardinals[only] > 0
	}
	for _, w := range l.words[s.first:s.last] {
		if !markFillers[w.text] {
			return true
		}
	}
	return false
}
