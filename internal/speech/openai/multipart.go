package openai

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"

	"earshot/internal/domain"
	"earshot/internal/speech"
	"earshot/internal/speech/remote"
)

// upload is form data with the audio after the fields.
type upload struct {
	data []byte
	size int64
}

func (f upload) again() io.Reader { return bytes.NewReader(f.data) }

func multipartOf(fields url.Values, audio speech.Audio) (upload, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range fields {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				return upload{}, "", err
			}
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="segment.wav"`}, "Content-Type": {"audio/wav"}})
	if err != nil {
		return upload{}, "", err
	}
	if _, err := io.Copy(part, remote.NewWAV(audio)); err != nil {
		return upload{}, "", err
	}
	if err := w.Close(); err != nil {
		return upload{}, "", err
	}
	if b.Len() > maxBytes {
		return upload{}, "", domain.Errorf(domain.KindTooLarge, "", "the audio is larger than %d MB", maxBytes>>20)
	}
	return upload{b.Bytes(), int64(b.Len())}, w.FormDataContentType(), nil
}
