package scenario

import (
	"fmt"
	"math"
	"strconv"

	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/machine"
	"flopbook/core/model"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// resolveTraining finds what a step's time and memory rest on besides the
// layout: software, its constants on this machine, and the shape that the step
// is counted by.
func (r *Resolved) resolveTraining(s *Scenario) {
	r.Framework = s.Chosen(Framework)
	r.FrameworkGiven = r.Framework != "auto"
	r.Year = r.softwareYear()
	r.Body = r.Arch
	if r.Arch.Encoder.Layers > 0 {
		r.Body = textBody(&r.Arch)
	}
	r.Pipeline = pipelineOf(s.Chosen(Schedule))
	r.Trained()
}

// Trained fixes software and constants, after anything that they depend on has
// changed: Framework, Year, Train or Body.
func (r *Resolved) Trained() {
	profile := r.Framework
	if !r.FrameworkGiven {
		profile = "megatron"
	}
	r.Frame = train.FindFramework(profile)
	if r.Frame == nil {
		r.Frame = train.FindFramework("megatron")
	}
	stack, _ := train.FindStack(generation(profile, r.Train.Family, r.Year))
	r.Stack = *stack
	if r.Stack.Flash == machine.Flash2 && r.Year > 0 && r.Year <= 2023 {
		r.Stack.Flash = machine.Flash1
	}
	// Before FlashAttention (Dao et al., May 2022) scores were written to memory.
	r.Wish.Eager = r.Year > 0 && r.Year < 2022
	soft := r.Stack.Name
	if !r.FrameworkGiven && r.Year == 0 {
		soft = "" // none in particular
	}
	r.Basis = train.NearestEfficiency(r.Train.Family, r.Train.Runs, r.Body.IsMoE(), soft, "", &r.Eff)
	if runs := r.Train.Runs; runs == catalog.FP32 || runs == catalog.TF32 {
		r.Basis.Evidence = max(r.Basis.Evidence, train.OtherPrecision) // measured are 16 bits and fewer
	}
	if a := r.Train.Acc; a != nil && r.Basis.Evidence >= train.NearFamily {
		// No faster than the best matrix product measured on the card itself.
		if best, peak := &a.Achievable[r.Train.Runs], &a.Peak[r.Train.Runs]; best.Known && peak.Known {
			r.Eff.Matmul = math.Min(r.Eff.Matmul, best.V/peak.V)
		}
	}
	r.Chip = r.Train.Mach.With(&r.Eff.Rates)
	r.TakePractice(train.PracticeWithout(""))
}

// TakePractice assumes what whole runs keep of the predicted speed. A share of
// peak that is given, or implied by a claim, is taken as it is.
func (r *Resolved) TakePractice(p train.Practice) {
	v := &r.Num[Practice]
	if v.Known && v.Origin != derivation.Assumed {
		return
	}
	if r.Given(MFU) || r.Ask == "check" {
		*v = Value{R: unit.Exact(1), Origin: derivation.Assumed, Note: "the share of peak that is given already holds it", Known: true}
		return
	}
	*v = Value{R: r.Basis.Widen(p.Share, 0), Origin: derivation.Assumed, Source: "flopbook-training-totals", Date: p.Date, Known: true,
		Note: fmt.Sprintf("the middle of %d disclosed runs of %d sources: predicted GPU-hours at their best over those disclosed", p.Rows, p.Sources)}
}

// softwareYear is when the software was made: the preset's year on the machine
// that it was trained on, else 0 for now.
func (r *Resolved) softwareYear() int {
	p := r.Preset
	if p == nil || p.Status == Example || r.Train.Acc == nil || p.Accelerator != r.Train.Acc.Key {
		return 0
	}
	year, err := strconv.Atoi(p.Year())
	if err != nil {
		return 0
	}
	return year
}

// textBody is a text model with about the work of an encoder-decoder: as many
// layers as the encoder on its positions, and the decoder's weighed by the
// tokens that it reads. A step is timed by it; the work itself is counted on
// the true shape.
func textBody(a *model.Arch) model.Arch {
	b := *a
	b.Encoder = model.Encoder{}
	b.Layers = a.Encoder.Layers + a.Layers
	b.Positions = a.Encoder.Positions
	return b
}

// stepMachine is the nominal machine of a catalogue accelerator as a training
// step sees it, and the precision that it runs in.
func stepMachine(a *catalog.Accelerator, p catalog.Precision) (machine.Machine, catalog.Precision) {
	m, runs := machine.Of(a, p)
	if m.Domain <= 1 && a.Kind == "gpu" {
		// Cards without a link of their own share a server's PCIe bus.
		m.Domain, m.Node = pcieServer, pcieServer
	}
	return m, runs
}

// pcieServer is the cards that one server holds on its PCIe bus.
const pcieServer = 8

// ownStepMachine is the reader's own accelerator, eight to a server.
func (r *Resolved) ownStepMachine() machine.Machine {
	a := catalog.Custom("", 1, 1, 1) // for what does not depend on the figures given
	m, _ := machine.Of(&a, catalog.BF16)
	m.Peak, m.Peak16, m.Bandwidth = r.V(OwnPeak), r.V(OwnPeak), r.V(OwnBandwidth)
	m.Link, m.NIC = r.V(OwnLink), r.V(OwnNetwork)
	if r.Precision.Class() != catalog.BF16 {
		m.Peak16 /= 2 // narrower formats run at twice the rate
	}
	m.Domain, m.Node = pcieServer, pcieServer
	return m
}
