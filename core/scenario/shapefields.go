package scenario

import "flopbook/core/model"

// eachShapeField hands over each field of a shape with the architecture's
// number, and whether the architecture has the part that the field belongs to.
func eachShapeField(a *model.Arch, put func(n Num, v int, has bool)) {
	tied := 0
	if a.Tied {
		tied = 1
	}
	put(Layers, a.Layers, true)
	put(Width, a.Width, true)
	put(Heads, a.Heads, true)
	put(KVHeads, a.KVHeads, true)
	put(HeadDim, a.HeadDim, true)
	put(FF, a.FF, true)
	put(Vocab, a.Vocab, true)
	put(Gated, a.MLPMatrices-2, true)
	put(Tied, tied, true)
	put(Positions, a.Positions, a.Positions > 0)

	m := &a.MoE
	put(Experts, m.Experts, m.Layers > 0)
	put(TopK, m.TopK, m.Layers > 0)
	put(ExpertFF, m.ExpertFF, m.Layers > 0)
	put(SharedFF, m.SharedExperts*m.SharedFF, m.Layers > 0)
	put(MoELayers, m.Layers, m.Layers > 0)

	l := &a.MLA
	put(QRank, l.QRank, l.KVRank > 0)
	put(KVRank, l.KVRank, l.KVRank > 0)
	put(NopeDim, l.NopeDim, l.KVRank > 0)
	put(RopeDim, l.RopeDim, l.KVRank > 0)
	put(ValueDim, l.ValueDim, l.KVRank > 0)

	w := &a.Window
	put(WindowSize, w.Size, w.Layers > 0)
	put(WindowLayers, w.Layers, w.Layers > 0)
}
