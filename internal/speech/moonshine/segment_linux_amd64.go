package moonshine

import "slices"

// segment is the writing of one stretch of sound: what all its steps share, and the states of the hypotheses after the last one.
type segment struct {
	*writer
	sound  []value // mask and encoded sound, a row
	cross  []value // of each layer, what its attention to the sound needs, a row
	rows   int     // that the following are for
	shared []value // mask and encoded sound, all rows
	wide   []value // cross, all rows
	states []value // of each layer, keys and values of the tokens so far, a row for each hypothesis
	logits value
}

func (s *segment) release() {
	for _, values := range [][]value{s.sound, s.cross, s.shared, s.wide, s.states, {s.logits}} {
		releaseAll(values)
	}
}

func (s *segment) encode(pcm []float32) error {
	sound, err := tensorOf(s.runtimeORT, pcm, 1, int64(len(pcm)))
	if err != nil {
		return err
	}
	defer sound.release()
	mask, err := tensorOf(s.runtimeORT, slices.Repeat([]int64{1}, len(pcm)), 1, int64(len(pcm)))
	if err != nil {
		return err
	}
	s.sound = []value{mask}
	hidden, err := s.encoder.run([]value{sound, mask}, "last_hidden_state")
	s.sound = append(s.sound, hidden...)
	return err
}

// next gives the scores of what comes after each hypothesis.
func (s *segment) next(alive []hypothesis) ([]float32, error) {
	s.logits.release()
	s.logits = value{}
	var out []value
	var err error
	if s.cross == nil {
		out, err = s.first()
	} else {
		out, err = s.following(alive)
	}
	if err != nil {
		return nil, err
	}
	s.logits = out[0]
	scores, _, err := s.logits.floats()
	return scores, err
}

// first starts the text. It also makes what every later step needs of the sound.
func (s *segment) first() ([]value, error) {
	none := make([]value, 0, len(s.past))
	defer func() { releaseAll(none) }()
	for range s.past {
		v, err := tensorOf(s.runtimeORT, []float32{}, 1, s.heads, 0, s.headValues)
		none = append(none, v)
		if err != nil {
			return nil, err
		}
	}
	out, err := s.step(false, []int64{tokenStart}, s.sound, none, append(slices.Clone(s.stateNames), s.crossNames...))
	if err != nil {
		return nil, err
	}
	s.states, s.cross = out[1:1+len(s.stateNames)], out[1+len(s.stateNames):]
	return out[:1], nil
}

func (s *segment) following(alive []hypothesis) ([]value, error) {
	if err := s.widen(len(alive)); err != nil {
		return nil, err
	}
	tokens, from := make([]int64, len(alive)), make([]int, len(alive))
	for i, h := range alive {
		tokens[i], from[i] = int64(h.tokens[len(h.tokens)-1]), h.from
	}
	if err := replace(s.states, from); err != nil {
		return nil, err
	}
	past := make([]value, len(s.past))
	for i := range s.states {
		past[s.stateAt[i]], past[s.crossAt[i]] = s.states[i], s.wide[i]
	}
	out, err := s.step(true, tokens, s.shared, past, s.stateNames)
	if err != nil {
		return nil, err
	}
	releaseAll(s.states)
	s.states = out[1:]
	return out[:1], nil
}

// step runs the decoder: the scores come first, then the outputs that are asked for.
func (s *segment) step(cached bool, tokens []int64, sound, past []value, outputs []string) ([]value, error) {
	ids, err := tensorOf(s.runtimeORT, tokens, int64(len(tokens)), 1)
	if err != nil {
		return nil, err
	}
	defer ids.release()
	branch, err := tensorOf(s.runtimeORT, []bool{cached}, 1)
	if err != nil {
		return nil, err
	}
	defer branch.release()
	inputs := append([]value{sound[0], ids, sound[1]}, past...)
	return s.decoder.run(append(inputs, branch), append([]string{"logits"}, outputs...)...)
}

// widen repeats what the steps share for so many hypotheses.
func (s *segment) widen(rows int) error {
	if s.rows == rows {
		return nil
	}
	releaseAll(s.shared)
	releaseAll(s.wide)
	s.rows, s.shared, s.wide = rows, slices.Clone(s.sound), slices.Clone(s.cross)
	same := make([]int, rows)
	mask := s.sound[0].data.([]int64)
	var err error
	if s.shared[0], err = tensorOf(s.runtimeORT, slices.Repeat(mask, rows), int64(rows), int64(len(mask))); err != nil {
		return err
	}
	if s.shared[1], err = s.sound[1].pick(same); err != nil {
		return err
	}
	for i, v := range s.cross {
		if s.wide[i], err = v.pick(same); err != nil {
			return err
		}
	}
	return nil
}

// replace gives each hypothesis the states of the one that it continues.
func replace(states []value, from []int) error {
	for i, v := range states {
		picked, err := v.pick(from)
		if err != nil {
			return err
		}
		v.release()
		states[i] = picked
	}
	return nil
}

// pick is a tensor of some rows of this one.
func (v value) pick(rows []int) (value, error) {
	values, shape, err := v.floats()
	if err != nil {
		return value{}, err
	}
	size := len(values) / int(shape[0])
	out := make([]float32, 0, size*len(rows))
	for _, r := range rows {
		out = append(out, values[r*size:(r+1)*size]...)
	}
	shape[0] = int64(len(rows))
	return tensorOf(v.runtimeORT, out, shape...)
}
