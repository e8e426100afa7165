package insight

// commitment is a way to promise or to ask for something. Weight is how far it alone makes a next step.
type commitment struct {
	name     string // of the rule, as steps give it
	patterns []pattern
	weight   float64
	owner    owner
	whole    bool  // the text keeps the subject: "A technician will call you"
	request  bool  // counts more when the other side agrees, nothing when it refuses
	offer    bool  // counts only when it has a day or the other side agrees
	lead     bool  // what follows is the step, whatever its verb
	can      bool  // says what is possible: without a yes only "later" makes a plan of it
	dated    bool  // counts only with a day
	only     words // stems of the verbs that may follow; nil: any
}

type owner int

const (
	ownSpeaker owner = iota
	ownOther
	ownSpeakerSide // somebody on the speaker's side
)

// commitments are tried in this order at each word; the longest match of the first that matches is taken.
var commitments = []commitment{
	{name: "promise", weight: 2, patterns: patterns(`
i|we ~ 'll|will|shall ~ be? able? to? ~
i'll ~
i|we 'm|am|'re|are ~ going to ~
i|we 'm|am|'re|are ~ gonna ~
i|we 'll|will ~ make sure|certain to|i|we|that? i|we ~
i|we 'll|will ~ be sure to ~
i|we 'll|will ~ try|need|have to ~
i|we promise to|i|we 'll|will? ~
`)},
	{name: "duty", weight: 1.5, patterns: patterns(`
i|we ~ need|have|got to ~
i|we 've got to ~
i|we must ~
i|we 'd|would ~ need|have to ~
i|we ~ need my|our|the _ to ~
i|we ~ 'll|will ~ need my|our|the _ to ~
`)},
	{name: "let_me", weight: 1, patterns: patterns("let me ~")},
	{name: "let_us", weight: 1, offer: true, patterns: patterns("let 's ~")},
	{name: "doing", weight: 1, whole: true, patterns: patterns("i|we 'm|am|'re|are ~")},
	{name: "request", weight: 2, owner: ownOther, request: true, patterns: patterns(`
can|could|would|will you ~
would you mind
i|we ~ need you to ~
please ~
you 'll|will? ~ need|have to ~
make|be sure to|you ~
`)},
	{name: "can", weight: 1, offer: true, can: true, patterns: patterns(`
i|we can|could|may ~
i|we 'd be happy|glad to ~
i|we 'm|am|'re|are happy|glad to ~
`)},
	{name: "offer", weight: 1, offer: true, patterns: patterns(`
would you like|want me|us to ~
do you want me|us to ~
should|shall|can|may i|we ~
why do n't i|we ~
how about i|we ~
would it help|be|work ~ helpful|okay|ok|useful|alright|good? if i|we ~
`)},
	{name: "delivery", weight: 2, owner: ownSpeakerSide, whole: true, only: stems("receive get hear"), patterns: patterns("you 'll|will|should ~")},
	{name: "delivery", weight: 2, owner: ownSpeakerSide, whole: true, dated: true, only: stems("have see"), patterns: patterns("you 'll|will ~")},
	{name: "delivery", weight: 2, owner: ownSpeakerSide, whole: true, dated: true, only: stems("arrive ship come go leave"), patterns: patterns("the|your _ will|'ll ~ be?\nthe|your _ _ will|'ll ~ be?\nthey|it will|'ll ~")},
	{name: "delivery", weight: 2, owner: ownSpeakerSide, whole: true, dated: true, only: stems("in at there with delivered shipped sent"), patterns: patterns("it|they will|'ll be")},
	{name: "other", weight: 1, owner: ownSpeakerSide, whole: true, dated: true, only: stems("come visit stop call"), patterns: patterns("a|an|the|our|my|another technician|tech|engineer|colleague|specialist|driver|adjuster|plumber|husband|wife|installer can|could ~")},
	{name: "other", weight: 2, owner: ownSpeakerSide, whole: true, patterns: patterns(`
our|the|my a|an? team|technician|tech|engineer|engineers|manager|supervisor|colleague|office|department|driver|advisor|adviser|specialist|accountant|boss|husband|wife|partner|assistant|lawyer ~ will|'ll|is|are going? to? ~ be?
a|an|another service|support|sales|account|field|senior|billing|network|local? team|technician|tech|engineer|manager|supervisor|colleague|driver|advisor|adviser|specialist|representative|rep|agent|member ~ will|'ll ~ be?
someone|somebody ~ will|'ll|is going? to? ~ be?
they ~ will|'ll ~ be?
he|she ~ will|'ll ~ be?
he|she 's|is ~ going to ~
`)},
	{name: "next_step", weight: 3, lead: true, patterns: patterns(`
next|action|the step|steps|item|items is|are|would|will be? that? for? ~ to?
my|our|the next|action step|steps|item|items is|are|would|will be? that? for? ~ to?
the plan is to ~
`)},
}

// Verbs, as stems. A strong one is done after the call; a weak one only if a day is said.
var (
	strongVerbs = stems("send resend email mail forward call phone text message contact reach ship deliver dispatch refund credit reimburse schedule reschedule " +
		"book arrange sign submit return invite share draft prepare invoice circulate install replace escalate investigate upload post fax renew issue follow " +
		"ring courier overnight reorder notify expedite rebook gather present amend reimburse")
	weakVerbs = stems("check look talk speak discuss review ask find think test try fix go come meet stop visit bring do make get have take start run work " +
		"finish complete give put let order provide verify see be confirm update process pay cancel write order add change move read compare decide close " +
		"transfer set receive hear remind show delete remove clean clear buy replace pick hold drop")
	actionStems = union(strongVerbs, weakVerbs)
)

// afterCall are phrases that are done after the call though their verb alone does not tell.
var afterCall = patterns(`
get back to|with
receive|get a|an|the|your ~ call|email|text|refund|replacement|confirmation|letter|tracking|message|quote confirmation|number|call?
hear ~ back? ~ from us|me|our|my|someone
get|have|pass|hand it|that|this|those|them|these ~ over|out|back|to ~ to|you|him|her|the?
get you ~ a|the|an|that|those|set|on|your
get|have|ask someone|somebody|him|her|them ~ to? call|contact|reach|email|come|look|follow
get|have|ask the|our|my|a sales|support|billing|service|account? team|technician|engineer|manager|colleague|specialist|driver|office|supervisor ~ to? call|contact|reach|email|come|look|follow|send|get
give you|him|her|them|me|us|it? a call|ring|shout|update|buzz
let you|them|him|her know ~ by|when|if|as|on|once|what|how|whether|tomorrow|about|before|after|monday|tuesday|wednesday|thursday|friday|next|the
check|talk|speak|discuss|confirm|clear|verify|consult|review ~ it|this|that? ~ with my|our|the|his|her|him|them|it?
talk|speak to my|our|the|his|her|him|them|it
ask my|our|the _ department|team|manager|people
pass it|this|that|them|him|her? ~ on|along
ask my|our|the him|her|team|boss|manager|wife|husband|colleague|engineer|engineers|lawyer|accountant|partner|office|warehouse|supervisor
run it|this|that by|past
look into
put together
get a|an|the|your|another|that|it|this sent|shipped|mailed|delivered|emailed|fixed|replaced|scheduled|booked
get a|an|the|your|another|that|it|this _ sent|shipped|mailed|delivered|emailed|fixed|replaced|scheduled|booked
get a|an|the|your|another|that|it|this _ _ sent|shipped|mailed|delivered|emailed|fixed|replaced|scheduled|booked
set up a|an|the|some|another
set it|that|something|this up
touch base
circle back
check|come|call|ring|get back
be in touch
keep you posted|updated|informed
keep an eye
put|place in? a|an|the|your? order|request|ticket|work|claim
open|create|file|log|raise|submit a|an|the support|service|new? ticket|case|claim|request|complaint
process the|your|a|that refund|return|order|credit|replacement|payment|claim|application|request
pick it|them|this|that|you|up up?
find out
take it|this|that to|up ~ with?
order a|an|the new|replacement? part|one|card|replacement|parts
think about it|this|that|over
remind him|her|them
ask him|her|them
have it|that|this|them|everything ~ ready
look for some|someone|somebody|one|a
test|try|check it|them|that|this ~ on|with another|a
do|check that ~ out? as
check that|it out
write up
bring it|this|that|them|a|the ~ to|in|over|by
take it|him|her|them|the in|to
mark it|that|down ~ in|on
pencil you|it|that ~ in
put you|it|that|this down|in ~ for|on
`)

// duringCall are phrases for what is done while both are on the line.
var duringCall = patterns(`
right now
now
real quick
quickly
hold on
on hold
please? hold
one|a|just? moment|second|sec
for|just a minute
while you|i|we
pull|bring|look ~ it|that|this|your|you|up ~ up
pull up
bring up
look up
transfer|connect|patch|put you ~ to|through|with|over|on
be honest|happy|right|with|there|able|fine|good|okay|glad|sure
see if|what|whether|that|about
let you go
walk|guide|talk you through
help you
tell you
take care
take a look
ask you
verify your
confirm your
do that|it|this|my|what
get started
get your|the|some|to
have to
have a|you
make a note
note that
let me|us know
feel free
come back to
go ahead
hesitate
go over
call it
call about
follow you|along|me|your|the|that|those|these
check ~ your|the|that|this|if|for|it|here|on
return|reach to|into
look at|for|like
share my|your|that|this|screen
sign in|out|up|on|into
text box
contact list
send|share it? to? me|you? your|the? screen
post that
`)

var (
	negations   = setOf("n't not never")
	reported    = setOf("said told says thought promised mentioned claimed supposed wish wished asked")
	conditions  = setOf("if unless whether")
	mildIf      = patterns("if that|it|this works|'s|is|would|sounds ~ for|okay|ok|fine|alright|good|better|work|help|be?\nif you do n't mind\nif possible\nif you like|want|would|'d|could\nif i|we can\nif all goes\nif not")
	objects     = setOf("you me us")
	dropsObject = stems("send resend email mail forward ship call deliver invoice contact")
	transfers   = stems("send resend email mail forward get have share text upload submit pass fax give")
	lightVerbs  = stems("do get have take make")
	tentative   = stems("try do check test")
	unasked     = stems("be see hear have go")
	pronouns    = setOf("it that this those these them")
	// stative verbs promise nothing, whatever day is said with them.
	stative      = stems("be have know think see need want like love hope guess feel say mean agree believe wonder appreciate remember understand expect keep let tell")
	imperatives  = stems("send email mail fax forward")
	instructed   = setOf("it me us the a your that this them")
	inCallOffers = stems("look try check start run test open take walk")
	consults     = patterns("ask my|our|the _\ncheck|talk|speak|discuss|confirm|run|clear|consult ~ it|this|that? ~ with|to|by|past my|our|the|his|her|him|them")
	agreement    = patterns(`
yes|yeah|yep|sure|absolutely|certainly|definitely|perfect|great|please|gladly
of course
no problem
will do
you got it
ok|okay|alright
that|it works|'s|sounds|would|is great|good|fine|perfect|be|okay|works?
sounds good|great
that 'd be
i|we can|will|'ll do that
monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|that|this|it is|'s|works|would|sounds ~ be|work? fine|good|great|perfect|okay|ok|better|best|for?
would be great|good|fine|perfect
that sounds like a|an _? plan|idea|approach
go ahead
`)
	refusal      = patterns("no\nnot today|now|yet|really|at|tomorrow\ni|we ca|can|could|do|would n't|not\nunfortunately\ni 'm afraid\nnot really\ni 'd rather not\nno thanks|thank")
	trailingWord = setOf("okay ok right alright and but so then because or thanks thank please um uh yeah yes just if as")
)

func stems(list string) words {
	set := words{}
	for w := range setOf(list) {
		set[stem(w)] = true
	}
	return set
}

func union(sets ...words) words {
	all := words{}
	for _, set := range sets {
		for w := range set {
			all[w] = true
		}
	}
	return all
}
