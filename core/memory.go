package core

import (
	"math"

	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/train"
	"flopbook/core/unit"
)

// estimateMemory writes the memory of the fullest GPU at its worst moment.
func estimateMemory(in *Resolved, out *Report) {
	var p train.PeakInputs
	PeakInputsOf(in, &out.Counts, &p)
	p.Estimate(&out.Layout.Layout, &out.Peak)
	need, has := out.Peak.Total, in.Train.Memory
	free := 0.0
	out.Fits, free = train.Verdict(&out.Peak, has)
	r := unit.Range{V: need, Lo: need * in.Frame.Lo, Hi: need * in.Frame.Hi}
	out.set(Memory, r)
	out.set(Capacity, unit.Exact(has))
	out.set(Headroom, unit.Range{V: free, Lo: has - r.Hi, Hi: has - r.Lo})
}

// findRoom finds what else would fit: the largest micro-batch on this card,
// and the smallest card of the catalogue under this layout.
func findRoom(in *Resolved, out *Report) {
	var p train.PeakInputs
	PeakInputsOf(in, &out.Counts, &p)
	out.Micro = p.LargestMicroBatch(&out.Layout.Layout)
	if out.Micro > 0 {
		out.set(MicroLargest, unit.Exact(float64(out.Micro)))
	}
	out.Card = nil
	all := catalog.Accelerators()
	for i := range all {
		a := &all[i]
		if a.Kind == "soc" || !a.Memory.Known || a.Memory.V < out.Peak.Total {
			continue
		}
		if best := out.Card; best == nil || a.Memory.V < best.Memory.V || a.Memory.V == best.Memory.V && newer(a, best, in.Train.Family) {
			out.Card = a
		}
	}
}

// newer prefers, of two cards with as much memory, the run's own family, then the later one.
func newer(a, b *catalog.Accelerator, family string) bool {
	if own := a.Family == family; own != (b.Family == family) {
		return own
	}
	return a.Released > b.Released
}

// MemorySentence is the verdict on memory in words: whether it fits, what takes
// most, what else would fit.
func MemorySentence(in *Resolved, out *Report) string {
	if !out.Fits {
		return "It does not fit: " + ranged(out, Memory) + " of " + unit.Short(unit.ByteCount, out.V[Capacity].V) + ". " + MemoryAdvice(in, out)
	}
	if need := out.V[Memory]; need.Hi > out.V[Capacity].V {
		return "It fits, with " + unit.Short(unit.ByteCount, out.V[Headroom].V) + " to spare, though the range reaches " + unit.Short(unit.ByteCount, need.Hi) + ". " + MemoryAdvice(in, out)
	}
	return "It fits, with " + unit.Short(unit.ByteCount, out.V[Headroom].V) + " to spare. " + MemoryAdvice(in, out)
}

// MemoryAdvice is what takes most of the memory, and what else would fit.
func MemoryAdvice(in *Resolved, out *Report) string {
	most := out.Peak.Binds()
	s := derivation.Sentence(most.Name + " take most of it, " + unit.Short(unit.ByteCount, most.Bytes))
	card := ""
	if out.Card != nil && math.Abs(out.Card.Memory.V/in.Train.Memory-1) > 0.02 {
		card = out.Card.Name + " (" + unit.Short(unit.ByteCount, out.Card.Memory.V) + ")"
	}
	switch {
	case !out.Fits && card != "":
		return s + " The smallest card that would hold it is " + card + "."
	case !out.Fits:
		return s + " No card of the catalogue would hold it like this."
	}
	switch now := int(in.V(scenario.Micro)); {
	case out.Micro > now:
		s += " Up to " + unit.Short(unit.Count, float64(out.Micro)) + " sequences at once would fit."
	case out.Micro == now:
		s += " No more sequences at once would fit or be there to take."
	}
	if card != "" {
		s += " The smallest card that would do is " + card + "."
	}
	return s
}
