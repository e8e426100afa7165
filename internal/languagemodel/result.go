package languagemodel

import (
	"fmt"

	"earshot/internal/domain"
)

func testResult(w domain.Written, u domain.ModelUsage) string {
	text := fmt.Sprintf("The model answers. Of a test call of two lines, %d sentences and %d next steps passed the checks", len(w.Summary), len(w.NextSteps))
	if len(w.Dropped) > 0 {
		text += fmt.Sprintf(" and %d items were dropped", len(w.Dropped))
	}
	return text + fmt.Sprintf("; it took %d tokens.", u.Total())
}
