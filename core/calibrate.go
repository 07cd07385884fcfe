package core

import (
	"strconv"

	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// calibrate moves the constants of the step as the reader's measured steps say.
// A step that the machine cannot have done is told and not used.
func calibrate(in *Resolved) (problems []*unit.Problem) {
	if len(in.Timed) == 0 || in.Fit != nil {
		return nil
	}
	counts := new(model.Counts)
	in.Body.Count(counts)
	rows := make([]train.Measurement, 0, len(in.Timed))
	var used []train.Timed
	for i := range in.Timed {
		t := &in.Timed[i]
		s := new(train.StepInputs)
		StepInputsOf(in, counts, s)
		if t.Seq > 0 {
			s.Seq = t.Seq
		}
		if t.Batch > 0 {
			s.Batch = t.Batch
		}
		l := t.Layout
		l.SP = in.Stack.Sequence && l.TP > 1
		if l.Recompute == model.RecomputeNone && in.Wish.Recompute >= 0 {
			l.Recompute = model.Recompute(in.Wish.Recompute)
		}
		m := train.Measurement{In: s, Layout: l, Step: t.Seconds(s.Seq, s.Batch)}
		work := flopMultiplier(in) * counts.Active[model.WithEmbeddings] * s.Seq * s.Batch
		if least := work / (float64(t.GPUs) * in.Train.Peak); m.Step < least {
			problems = append(problems, &unit.Problem{Field: "Measured step " + strconv.Itoa(i+1), Value: unit.Short(unit.Time, m.Step),
				Wrong:   "is less than these GPUs take at their peak speed",
				Allowed: "above " + unit.Short(unit.Time, least) + " for " + unit.Short(unit.Count, s.Batch) + " sequences of " + unit.Short(unit.Count, s.Seq) + " tokens",
				Fix:     "check the model, the batch (in sequences) and the time; it is not used"})
			continue
		}
		if t.Memory > 0 {
			p := new(train.PeakInputs)
			PeakInputsOf(in, counts, p)
			p.Seq, p.Batch = s.Seq, s.Seq*s.Batch
			m.Memory, m.Peak = t.Memory, p
		}
		rows, used = append(rows, m), append(used, *t)
	}
	in.Timed = used
	if len(rows) == 0 {
		return problems
	}
	c, p := train.Calibrate(rows, in.Basis.Evidence)
	if p != nil {
		return append(problems, p)
	}
	in.Fit, in.Eff = c, c.Eff
	return problems
}

// Calibrated says what the reader's measured steps changed, in sentences; empty
// without any.
func Calibrated(in *Resolved) string {
	if in.Fit == nil {
		return ""
	}
	return in.Fit.Says
}
