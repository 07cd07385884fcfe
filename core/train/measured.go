package train

import (
	"strconv"
	"strings"

	"flopbook/core/model"
	"flopbook/core/unit"
)

// A Timed step is a measurement as a reader writes it: the layout and what a
// watch or a log showed. What the scenario knows need not be repeated.
type Timed struct {
	GPUs       int
	Layout     model.Layout
	Seq, Batch float64 // tokens in a sequence; sequences in a step; 0: as in the scenario
	Step       float64 // s; 0 where the rate is given
	Rate       float64 // tokens/s of one GPU; 0 where the step is given
	Memory     float64 // bytes of the fullest GPU; 0 unknown
}

// Seconds is the time of the step, with the scenario's sequence and batch
// where the line gave none.
func (t *Timed) Seconds(seq, batch float64) float64 {
	if t.Step > 0 {
		return t.Step
	}
	if t.Seq > 0 {
		seq = t.Seq
	}
	if t.Batch > 0 {
		batch = t.Batch
	}
	return seq * batch / (t.Rate * float64(t.GPUs))
}

type timedField struct {
	names []string
	unit.Field
	set func(*Timed, float64)
	get func(*Timed) float64
}

func degreeField(names string, label string, most float64, at func(*model.Layout) *int) timedField {
	return timedField{strings.Fields(names), unit.Field{Name: label, Kind: unit.Count, Min: 1, Max: most, Example: "1", Whole: true},
		func(t *Timed, v float64) { *at(&t.Layout) = int(v) }, func(t *Timed) float64 { return float64(*at(&t.Layout)) }}
}

func plainField(names string, f unit.Field, at func(*Timed) *float64) timedField {
	return timedField{strings.Fields(names), f, func(t *Timed, v float64) { *at(t) = v }, func(t *Timed) float64 { return *at(t) }}
}

// timedFields are the columns of pasted measurements, the canonical name first.
var timedFields = [...]timedField{
	{[]string{"gpus", "n_gpus", "world_size", "accelerators"}, unit.Field{Name: "GPUs", Kind: unit.Count, Min: 1, Max: 1e7, Example: "64", Whole: true},
		func(t *Timed, v float64) { t.GPUs = int(v) }, func(t *Timed) float64 { return float64(t.GPUs) }},
	degreeField("tp tensor_parallel tensor_model_parallel_size", "Tensor parallel", 1e6, func(l *model.Layout) *int { return &l.TP }),
	degreeField("pp pipeline_parallel pipeline_model_parallel_size", "Pipeline parallel", 1e6, func(l *model.Layout) *int { return &l.PP }),
	degreeField("vpp virtual_pipeline chunks", "Pipeline chunks", 1e6, func(l *model.Layout) *int { return &l.VPP }),
	degreeField("dp data_parallel", "Data parallel", 1e7, func(l *model.Layout) *int { return &l.DP }),
	degreeField("cp context_parallel", "Context parallel", 1e6, func(l *model.Layout) *int { return &l.CP }),
	degreeField("ep expert_parallel", "Expert parallel", 1e6, func(l *model.Layout) *int { return &l.EP }),
	{[]string{"zero", "zero_stage"}, unit.Field{Name: "ZeRO stage", Kind: unit.Count, Min: 0, Max: 3, Example: "1", Whole: true},
		func(t *Timed, v float64) { t.Layout.ZeRO = int(v) }, func(t *Timed) float64 { return float64(t.Layout.ZeRO) }},
	degreeField("micro micro_batch micro_batch_size mbs", "Micro-batch", 1e6, func(l *model.Layout) *int { return &l.Micro }),
	plainField("seq seq_len sequence_length", unit.Field{Name: "Sequence length", Kind: unit.Count, Min: 1, Max: 1e8, Example: "4096", Whole: true}, func(t *Timed) *float64 { return &t.Seq }),
	plainField("batch global_batch global_batch_size gbs", unit.Field{Name: "Global batch (sequences)", Kind: unit.Count, Min: 1, Max: 1e9, Example: "512", Whole: true}, func(t *Timed) *float64 { return &t.Batch }),
	plainField("step step_time step_time_s seconds iteration", unit.Field{Name: "Time of a step", Kind: unit.Time, Min: 1e-6, Max: 1e6, Example: "1.5 s"}, func(t *Timed) *float64 { return &t.Step }),
	plainField("rate tokens_per_s_per_gpu tokens/s/gpu tok/s/gpu", unit.Field{Name: "Tokens per second and GPU", Kind: unit.TokenRate, Min: 1e-6, Max: 1e9, Example: "400"}, func(t *Timed) *float64 { return &t.Rate }),
	plainField("memory mem memory_gib mem_per_gpu_gib reserved", unit.Field{Name: "Memory", Kind: unit.ByteCount, Min: 1, Max: 1e15, Example: "60 GiB"}, func(t *Timed) *float64 { return &t.Memory }),
}

const recomputeName = "recompute"

// maxTimedText bounds what is read, in characters.
const maxTimedText = 20000

// ParseTimed reads pasted measurements, a step a line, at most twenty: a table
// with a header, cells parted by commas, semicolons, tabs or bars; or lines of
// "name=value" words such as "gpus=64 tp=8 micro=1 batch=512 step=2.1". Degrees
// left out are 1, data parallelism follows from the GPUs. What cannot be read
// is told line by line; the other lines are returned.
func ParseTimed(text string) (rows []Timed, problems []*unit.Problem) {
	if len(text) > maxTimedText {
		return nil, []*unit.Problem{{Field: "Measured steps", Wrong: "are too long a text", Allowed: "up to 20,000 characters", Fix: "paste at most 20 lines"}}
	}
	var columns []int // of a table: the field of each cell
	part := ""
	header := false
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fail := func(p *unit.Problem) {
			p.Field = "Line " + strconv.Itoa(number+1) + ", " + p.Field
			problems = append(problems, p)
		}
		var t Timed
		var bad *unit.Problem
		seen := map[string]bool{}
		set := func(name, value string) {
			if bad != nil || value == "" {
				return
			}
			bad = t.set(name, value, seen)
		}
		switch {
		case strings.Contains(line, "="):
			for _, word := range timedWords(line) {
				name, value, ok := strings.Cut(word, "=")
				if !ok {
					bad = &unit.Problem{Field: "word", Value: word, Wrong: "is no name=value", Fix: "try step=1.5"}
					break
				}
				set(name, value)
			}
		case !header:
			header = true
			part = separatorOf(line)
			var unknown []string
			for _, cell := range cellsOf(line, part) {
				i := findTimed(cell)
				if i < -1 {
					unknown = append(unknown, cell)
				}
				columns = append(columns, i)
			}
			if len(unknown) == len(columns) {
				fail(&unit.Problem{Field: "header", Value: line, Wrong: "names nothing that is known", Allowed: timedNames(), Fix: "begin with a line such as: gpus, tp, pp, micro, batch, step"})
				if len(rows) == 0 {
					return nil, problems
				}
				header, columns = false, nil // a stray line among lines of words
				continue
			}
			for _, u := range unknown {
				fail(&unit.Problem{Field: "column", Value: u, Wrong: "is not known and is left out", Allowed: timedNames(), Fix: "rename it if it matters"})
			}
			continue
		default:
			for i, cell := range cellsOf(line, part) {
				if i >= len(columns) {
					bad = &unit.Problem{Field: "cell", Value: cell, Wrong: "has no column in the header", Fix: "give the header a name for it"}
					break
				}
				switch k := columns[i]; {
				case k >= 0:
					set(timedFields[k].names[0], cell)
				case k == -1:
					set(recomputeName, cell)
				}
			}
		}
		if bad == nil {
			bad = t.complete()
		}
		if bad != nil {
			fail(bad)
			continue
		}
		if len(rows) == MaxMeasured {
			fail(&unit.Problem{Field: "step", Wrong: "is one too many and is left out", Allowed: "20 steps", Fix: "keep those most like the run that you plan"})
			break
		}
		rows = append(rows, t)
	}
	if len(rows) == 0 && problems == nil {
		problems = []*unit.Problem{{Field: "Measured steps", Wrong: "are empty", Fix: "try: gpus=8 tp=1 micro=1 batch=64 step=2.1"}}
	}
	return rows, problems
}

// set gives one field by its name.
func (t *Timed) set(name, value string, seen map[string]bool) *unit.Problem {
	i := findTimed(name)
	key := recomputeName
	if i >= 0 {
		key = timedFields[i].names[0]
	}
	if i < -1 {
		return &unit.Problem{Field: "name", Value: name, Wrong: "is not known", Allowed: timedNames(), Fix: "try step=1.5"}
	}
	if seen[key] {
		return &unit.Problem{Field: key, Value: value, Wrong: "is given twice", Fix: "keep one"}
	}
	seen[key] = true
	if i == -1 {
		if err := t.Layout.Recompute.UnmarshalText([]byte(strings.ToLower(value))); err != nil {
			return &unit.Problem{Field: "Recomputation", Value: value, Wrong: "is unknown", Allowed: "none, selective or full", Fix: "try full when memory was short"}
		}
		return nil
	}
	r, p := timedFields[i].Parse(value)
	if p != nil {
		return p
	}
	timedFields[i].set(t, r.V)
	return nil
}

// complete fills what follows and says what is missing or does not agree.
func (t *Timed) complete() *unit.Problem {
	l := &t.Layout
	for _, n := range [...]*int{&l.TP, &l.PP, &l.VPP, &l.CP, &l.EP, &l.Micro} {
		*n = max(*n, 1)
	}
	l.SP = l.TP > 1
	split := float64(l.TP) * float64(l.PP) * float64(l.CP)
	switch {
	case t.GPUs == 0 && split*float64(max(l.DP, 1)) > 1e7:
		return &unit.Problem{Field: "GPUs", Value: unit.Plain(split), Wrong: "are more than any machine has", Allowed: "1 to 10 million", Fix: "check the degrees"}
	case t.GPUs == 0:
		l.DP = max(l.DP, 1)
		t.GPUs = int(split) * l.DP
	case l.DP == 0:
		l.DP = int(float64(t.GPUs) / split)
	}
	if split*float64(l.DP) != float64(t.GPUs) {
		return &unit.Problem{Field: "GPUs", Value: strconv.Itoa(t.GPUs), Wrong: "is not tp x pp x cp x dp", Fix: "check the degrees or leave dp out"}
	}
	switch {
	case t.Step == 0 && t.Rate == 0:
		return &unit.Problem{Field: "step", Wrong: "has neither a time nor tokens per second and GPU", Fix: "add step=1.5 or rate=400"}
	case t.Step > 0 && t.Rate > 0:
		return &unit.Problem{Field: "step", Value: unit.Plain(t.Step), Wrong: "stands beside a rate", Fix: "keep one of them"}
	}
	return nil
}

// String writes the measurement so that it reads back.
func (t *Timed) String() string {
	var b strings.Builder
	for i := range timedFields {
		f := &timedFields[i]
		v := f.get(t)
		if v == 0 || f.Min == 1 && f.Whole && v == 1 && f.names[0] != "gpus" && f.names[0] != "seq" && f.names[0] != "batch" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f.names[0] + "=" + strings.ReplaceAll(strings.ReplaceAll(unit.ExactText(f.Kind, v), " ", ""), "\u00a0", ""))
	}
	if t.Layout.Recompute != model.RecomputeNone {
		b.WriteString(" " + recomputeName + "=" + t.Layout.Recompute.String())
	}
	return b.String()
}

// findTimed is the field of a name, -1 for recomputation, -2 for none.
func findTimed(name string) int {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	name = strings.ReplaceAll(strings.ReplaceAll(name, " ", "_"), "-", "_")
	if name == recomputeName || name == "recomputation" {
		return -1
	}
	for i := range timedFields {
		for _, n := range timedFields[i].names {
			if n == name {
				return i
			}
		}
	}
	return -2
}

func timedNames() string {
	var names []string
	for i := range timedFields {
		names = append(names, timedFields[i].names[0])
	}
	return strings.Join(append(names, recomputeName), ", ")
}

// timedWords splits a line into name=value words at blanks, commas and
// semicolons; a blank before a unit ("step=1.5 s") stays in its word.
func timedWords(line string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == ';' || r == '|' }) {
		if n := len(out); n > 0 && !strings.Contains(w, "=") {
			out[n-1] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

func separatorOf(line string) string {
	for _, s := range [...]string{"\t", ";", "|"} {
		if strings.Contains(line, s) {
			return s
		}
	}
	return ","
}

func cellsOf(line, part string) []string {
	if part == "|" {
		line = strings.Trim(line, "|")
	}
	cells := strings.Split(line, part)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}
