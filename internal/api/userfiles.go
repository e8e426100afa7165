package api

import (
	"bytes"
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// ImportRow is what a line of an import does, or what is wrong with it.
type ImportRow struct {
	Line   int    `json:"line" doc:"Of the file; the header is 1"`
	Email  string `json:"email"`
	Action string `json:"action" enum:"create,change,same," doc:"Empty where it is wrong"`
	Error  string `json:"error,omitempty"`
}

// Import tells what a file of users does, or did.
type Import struct {
	Rows  []ImportRow `json:"rows"`
	Wrong int         `json:"wrong" doc:"Lines that are wrong; with one of them nothing is saved"`
	Saved bool        `json:"saved"`
}

type importUsersIn struct {
	Dry     bool   `query:"dry" doc:"Only tell what it would do"`
	RawBody []byte `contentType:"text/csv"`
}

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// largestImport is the size of a file of users, in bytes.
const largestImport = 16 << 20

func (a *API) registerUserFiles(h huma.API) {
	importing := op("POST", "/users/import", "import-users", "Create and change users by a CSV file: all lines, or none if one is wrong", "users", 413, 422)
	importing.MaxBodyBytes = largestImport
	huma.Register(h, importing, func(ctx context.Context, in *importUsersIn) (*bodyOut[Import], error) {
		rows, err := a.Identity.ImportCSV(ctx, actor(ctx), bytes.NewReader(in.RawBody), in.Dry)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out := Import{Rows: []ImportRow{}}
		for _, r := range rows {
			if out.Rows = append(out.Rows, ImportRow(r)); r.Error != "" {
				out.Wrong++
			}
		}
		out.Saved = !in.Dry && out.Wrong == 0
		return &bodyOut[Import]{out}, nil
	})
	exporting := op("GET", "/users/export", "export-users", "All users as a CSV file that can be imported", "users")
	exporting.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: "string"}}}}}
	huma.Register(h, exporting, func(ctx context.Context, _ *empty) (*fileOut, error) {
		var file bytes.Buffer
		if err := a.Identity.ExportCSV(ctx, actor(ctx), &file); err != nil {
			return nil, a.fail(ctx, err)
		}
		return &fileOut{"text/csv; charset=utf-8", `attachment; filename="users.csv"`, file.Bytes()}, nil
	})
}
