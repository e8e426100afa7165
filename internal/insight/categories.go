package insight

import "earshot/internal/domain"

// Category is a set of keywords to look for.
type Category struct {
	Name     string
	Keywords []Keyword
	SaidBy   domain.Speaker // whose lines count; "" for all; lines of voices that nobody told apart always count
	Within   Window         // when in the call it counts
}

// Window is a part of a call in seconds: the first two minutes are {To: 120}, the last one is {From: -60}. The zero Window is
// the whole call. A negative number counts from the call's end. In a transcript without times no part of the call is known, so
// a category with a window finds nothing there.
type Window struct {
	From, To float64
}

// holds tells whether second at of a call of the given duration lies in the window.
func (w Window) holds(at, duration float64) bool {
	if w == (Window{}) {
		return true
	}
	if duration <= 0 {
		return false
	}
	from, to := w.From, w.To
	if from < 0 {
		from = max(0, duration+from)
	}
	if to <= 0 {
		to += duration
	}
	return at >= from && at <= to
}

// Keyword is a word or phrase. Other forms of its words count too ("price" finds "pricing"). One that is written with a
// capital letter is a name and is also found when misheard, if it has five letters or more.
type Keyword struct {
	Text    string
	Aliases []string       // other ways to say it; a mention carries Text
	Unless  []string       // longer phrases that hold it and mean something else
	SaidBy  domain.Speaker // whose lines count; "" for those of the category
	Within  Window         // when in the call it counts; zero for that of the category
	Type    string         // id of the insight type that it comes from; "" built in
}

// DefaultCategories are the built-in categories. The vendors are phone and CRM systems that callers of such companies
// compare; the product category is empty until an administrator names the products. Objections and complaints
// count from the customer only: "I understand your frustration" is no complaint.
func DefaultCategories() []Category {
	return []Category{
		{Name: domain.CategoryPricing, Keywords: keywords("price", "cost", "quote", "discount", "budget", "fee", "per month", "per user", "per seat",
			"per year", "annual plan", "monthly plan", "payment plan", "price list", "how much is it", "how much does it", "how much would it", "how much will it",
			"invoice", "subscription", "estimate", "rate card", "free trial", "setup fee", "dollar", "bucks", "pounds", "euros")},
		{Name: domain.CategoryCompetitor, Keywords: append(keywords("competitor", "another vendor", "other vendor", "another provider", "other provider", "another company",
			"compared with", "compared to", "switch from", "switching from", "current provider", "current vendor", "alternative to", "competing offer", "shop around", "shopping around"), vendors()...)},
		{Name: domain.CategoryObjection, SaidBy: domain.Customer, Keywords: keywords("too expensive", "too much money", "too high", "not in the budget", "no budget", "can't afford", "cannot afford", "not interested", "no time",
			"not a good time", "bad time", "not the right time", "need to think about it", "have to think about it", "think it over", "we already have", "we already use", "i already have", "happy with what we have", "not convinced", "don't see the value",
			"we don't need", "i don't need", "send me some information", "call me later", "locked into a contract", "under contract", "not sure about the price", "not sure about the cost", "not sure about the contract", "worried about", "my concern", "our concern")},
		{Name: domain.CategoryComplaint, SaidBy: domain.Customer, Keywords: append(keywords("complaint", "complain", "frustrated", "disappointed", "unacceptable", "ridiculous", "fed up", "upset", "angry", "terrible", "awful", "worst",
			"not happy", "unhappy", "waste of time", "still waiting", "third time", "nobody called", "no one called", "never called", "speak to a manager",
			"speak to your manager", "speak to a supervisor", "talk to a manager", "want a refund", "want my money back", "cancel my account", "cancel my subscription", "bad service", "poor service", "was damaged", "arrived damaged", "is damaged", "is broken", "was broken", "overcharged", "charged twice"), notWorking()...)},
		{Name: domain.CategoryConsent, Keywords: keywords("call is recorded", "call is being recorded", "call may be recorded", "call will be recorded", "calls are recorded", "calls may be recorded", "conversation is being recorded",
			"conversation may be recorded", "recorded line", "record this call", "record the call", "recording this call", "record our call", "record our conversation", "okay if i record", "ok if i record", "mind if i record", "consent to recording", "consent to be recorded", "being recorded", "may be monitored", "recorded for quality", "recorded and monitored", "monitored or recorded")},
		{Name: domain.CategoryDecision, Keywords: append(keywords("decision maker", "sign off", "make a decision", "made a decision", "get approval", "need approval", "approval from", "get it approved", "approve the budget", "let's do it", "let's go ahead", "let's move forward", "move forward", "go ahead with",
			"sign the contract", "purchase order", "procurement", "board meeting", "final decision", "my boss", "my manager has to", "committee", "we have decided", "going with", "not moving forward"), decisions()...)},
		{Name: domain.CategoryProduct},
	}
}

func notWorking() []Keyword {
	return []Keyword{
		{Text: "still not working", Aliases: []string{"still isn't working", "still aren't working", "still doesn't work", "isn't working still"}},
		{Text: "doesn't work", Unless: []string{"doesn't work for me", "doesn't work for us"}},
		{Text: "not working", Unless: []string{"not working today", "not working tomorrow", "not work for me", "not work for us", "i'm not working"}},
	}
}

func decisions() []Keyword {
	return []Keyword{
		{Text: "decide", Unless: []string{"if you decide to", "if you decide against"}},
		{Text: "we'll take it", SaidBy: domain.Customer}, {Text: "i'll take it", SaidBy: domain.Customer},
		{Text: "sign up", Unless: []string{"when i signed up", "when we signed up", "since i signed up", "since we signed up"}},
	}
}

func vendors() []Keyword {
	return []Keyword{
		{Text: "RingCentral"}, {Text: "Dialpad"}, {Text: "Aircall"}, {Text: "Vonage"}, {Text: "Five9", Aliases: []string{"five nine"}}, {Text: "Talkdesk"}, {Text: "Genesys"},
		{Text: "Twilio"}, {Text: "Avaya"}, {Text: "8x8", Aliases: []string{"eight by eight"}}, {Text: "Nextiva"}, {Text: "Amazon Connect"}, {Text: "Webex"}, {Text: "Zoom Phone"},
		{Text: "Salesforce"}, {Text: "HubSpot"}, {Text: "Zoho"}, {Text: "Pipedrive"}, {Text: "Zendesk"}, {Text: "Freshdesk"}, {Text: "Microsoft Dynamics"},
	}
}

func keywords(texts ...string) []Keyword {
	out := make([]Keyword, 0, len(texts))
	for _, t := range texts {
		out = append(out, Keyword{Text: t})
	}
	return out
}
