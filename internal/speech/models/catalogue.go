package models

// DefaultModel is the one inside the engine's wheel.
const DefaultModel = "tiny-en"

// DownloadURL is where the maker publishes its models.
const DownloadURL = "https://download.moonshine.ai/model"

// Weights is a model of the engine's maker that is installed beside the engine.
type Weights struct {
	Name  string
	Arch  int    // of the library's header: moonshine-ai/moonshine core/moonshine-c-api.h
	path  string // below the download address
	files []pinned
}

// pinned is a file with what the maker publishes of it (moonshine-ai/moonshine: core/moonshine-model-file-metadata.generated.cpp).
type pinned struct {
	name   string
	size   int64
	crc32c string // big endian, in base64
}

// Size of all files in bytes.
func (w Weights) Size() (n int64) {
	for _, f := range w.files {
		n += f.size
	}
	return n
}

// Catalogue of the models that can be installed, the smallest first.
func Catalogue() []Weights {
	return []Weights{
		{"tiny-streaming-en", 2, "tiny-streaming-en/quantized", []pinned{
			{"adapter.ort", 1319440, "Rz/GmQ=="},
			{"cross_kv.ort", 1264384, "y57xZw=="},
			{"decoder_kv.ort", 32403688, "saXmVw=="},
			{"encoder.ort", 7569200, "njDK5A=="},
			{"frontend.ort", 8324600, "/61fjA=="},
			{"streaming_config.json", 509, "HGL0Ug=="},
			{"tokenizer.bin", 249974, "B7s10Q=="},
		}},
		{"base-en", 1, "base-en/quantized/base-en", []pinned{
			{"decoder_model_merged.ort", 109424400, "71VpRQ=="},
			{"encoder_model.ort", 31326816, "+MATVw=="},
			{"tokenizer.bin", 249974, "B7s10Q=="},
		}},
		{"small-streaming-en", 4, "small-streaming-en/quantized", []pinned{
			{"adapter.ort", 2867424, "1HGn5A=="},
			{"cross_kv.ort", 5298736, "irqnmQ=="},
			{"decoder_kv.ort", 81435904, "jHbK+Q=="},
			{"encoder.ort", 43853224, "pFunOg=="},
			{"frontend.ort", 30984200, "jmdzUw=="},
			{"streaming_config.json", 512, "dPbFiw=="},
			{"tokenizer.bin", 249974, "B7s10Q=="},
		}},
		{"medium-streaming-en", 5, "medium-streaming-en/quantized", []pinned{
			{"adapter.ort", 3647712, "T4ZPsw=="},
			{"cross_kv.ort", 11544952, "iy7jtw=="},
			{"decoder_kv.ort", 146216448, "jDzNQA=="},
			{"encoder.ort", 94202872, "vGp6QA=="},
			{"frontend.ort", 47467256, "qm1RfA=="},
			{"streaming_config.json", 513, "+1bE9Q=="},
			{"tokenizer.bin", 249974, "B7s10Q=="},
		}},
	}
}
