package remote

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// JSON is a POST of a value that can be written as JSON.
func JSON(path string, value any) Request {
	data, _ := json.Marshal(value) // of our own types
	return Request{Method: http.MethodPost, Path: path, ContentType: "application/json", Body: func() io.Reader { return bytes.NewReader(data) }, Length: int64(len(data))}
}
