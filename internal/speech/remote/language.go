package remote

import (
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/speech"
)

// LanguageOf gives the two-letter code that services take for a BCP 47 tag; "" for the engine's default. A language that the
// engine lacks is an error with CodeLanguageMissing: it is never guessed.
func LanguageOf(info speech.Info, tag string) (string, error) {
	if tag == "" {
		return "", nil
	}
	base := domain.BaseLanguage(tag)
	if !domain.KnowsLanguage(info.Languages, tag) {
		return "", domain.Errorf(domain.KindInvalid, speech.CodeLanguageMissing, "the engine %s %s does not know the language %s; choose another engine or language in General Settings, then retry", info.Name, info.Model, tag)
	}
	return base, nil
}

// WhisperLanguages are those of the multilingual Whisper models (openai/whisper: tokenizer.py), which most servers run.
func WhisperLanguages() []string { return slices.Clone(whisper) }

var whisper = strings.Fields(`en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn
	sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue`)
