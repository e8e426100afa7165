package llm

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"earshot/internal/domain"
)

// PromptVersion is kept with what was written. Who changes a prompt adds a file with the next number.
const PromptVersion = "call.v1 explore.v1 repair.v1"

//go:embed prompts/*.txt
var promptFiles embed.FS

func render(name string, data any) (string, error) {
	t, err := template.ParseFS(promptFiles, "prompts/"+name+".txt")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, data)
	return b.String(), err
}

type callPrompt struct {
	Sentences int
	Date      string
	Prompts   []domain.InsightPrompt
}

func systemForCall(s Source, prompts []domain.InsightPrompt, windows int) (string, error) {
	date := "a day that is not known"
	if !s.StartedAt.IsZero() {
		date = s.StartedAt.Format("Monday, 2 January 2006")
	}
	return render("call.v1", callPrompt{Sentences: max(2, 8/max(1, windows)), Date: date, Prompts: prompts})
}

// block is lines as data between delimiters. The signs of the delimiters do not occur in it.
func block(lines []domain.Line, head map[int]string) string {
	var b strings.Builder
	b.WriteString("<transcript>\n")
	for _, l := range lines {
		if h := head[l.ID]; h != "" {
			fmt.Fprintf(&b, "call %s\n", harmless(h))
		}
		fmt.Fprintf(&b, "%d %s: %s\n", l.ID, harmless(string(l.Speaker)), harmless(l.Text))
	}
	b.WriteString("</transcript>")
	return b.String()
}

var harmlessly = strings.NewReplacer("<", "‹", ">", "›", "\n", " ", "\r", " ", "\u2028", " ", "\u2029", " ", "\x00", "")

func harmless(text string) string { return harmlessly.Replace(strings.ToValidUTF8(text, "")) }

const cited = `"text":{"type":"string"},"quote":{"type":"string"},"lines":{"type":"array","items":{"type":"integer"}}`

func object(properties string, required ...string) string {
	names, _ := json.Marshal(required) // of strings: cannot fail
	return `{"type":"object","additionalProperties":false,"properties":{` + properties + `},"required":` + string(names) + `}`
}

func array(item string) string { return `{"type":"array","items":` + item + `}` }

// callSchema is the form of an answer about one call. Everything is required, and nothing is null, since services differ in both.
func callSchema() Schema {
	sentence := object(cited, "text", "quote", "lines")
	step := object(cited+`,"owner":{"type":"string"},"due":{"type":"string"}`, "text", "quote", "lines", "owner", "due")
	question := object(`"line":{"type":"integer"},"quote":{"type":"string"},"answer_line":{"type":"integer"}`, "line", "quote", "answer_line")
	found := object(`"name":{"type":"string"},`+cited, "name", "text", "quote", "lines")
	whole := object(`"summary":`+array(sentence)+`,"next_steps":`+array(step)+`,"questions":`+array(question)+`,"insights":`+array(found), "summary", "next_steps", "questions", "insights")
	return Schema{Name: "call", JSON: json.RawMessage(whole)}
}

// answerSchema is the form of an answer to a question about calls.
func answerSchema() Schema {
	return Schema{Name: "answer", JSON: json.RawMessage(object(`"answer":`+array(object(cited, "text", "quote", "lines")), "answer"))}
}
