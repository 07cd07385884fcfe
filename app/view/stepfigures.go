package view

import (
	"flopbook/app/chart"
	"flopbook/core"
	"flopbook/core/model"
	"flopbook/core/train"
)

// stepKinds are the kinds of bars that a reader tells apart; barKind says which
// of them each of the step's belongs to.
var stepKinds = []chart.StepKind{
	{Name: "forward", Color: chart.C1}, {Name: "backward", Color: chart.C4}, {Name: "recomputing", Color: chart.C2},
	{Name: "network", Color: chart.C3}, {Name: "optimizer", Color: chart.C5}, {Name: "waiting for launches and overheads", Color: chart.C6},
	{Name: "waiting for other stages (bubble)", Color: chart.Soft, Idle: true},
}

var barKind = [train.BarKinds]int{
	train.BarForward: 0, train.BarBackward: 1, train.BarWeights: 1, train.BarRecompute: 2,
	train.BarTensor: 3, train.BarDispatch: 3, train.BarSend: 3, train.BarData: 3,
	train.BarOptimizer: 4, train.BarOffload: 4, train.BarLaunch: 5, train.BarRetries: 5, train.BarOverhead: 5, train.BarJitter: 5, train.BarBubble: 6,
}

// predictedStep is the step of the present answer and what it depends on.
func predictedStep(in *core.Resolved, out *core.Report) (s train.StepInputs, step train.Step) {
	var counts model.Counts
	in.Body.Count(&counts)
	core.StepInputsOf(in, &counts, &s)
	s.Estimate(&out.Layout.Layout, &step)
	return s, step
}

// stepChart draws the step over time.
func stepChart(in *core.Resolved, out *core.Report) chart.Chart {
	s, _ := predictedStep(in, out)
	t := s.Timeline(&out.Layout.Layout, 0)
	d := chart.StepTime{Kinds: stepKinds, Seconds: t.Seconds, Drawn: t.Seconds - t.Left, Cut: t.Cut, Micro: t.Micro, Says: t.Says}
	for _, stage := range t.Stages {
		var row []chart.Stretch
		for _, b := range stage {
			row = append(row, chart.Stretch{Kind: barKind[b.Kind], Start: b.Start, End: b.End})
		}
		d.Stages = append(d.Stages, row)
	}
	return chart.StepOverTime(d)
}

// waterfallChart leads from peak to useful work: every part of the step's time
// is that share of what the peak could have done.
func waterfallChart(in *core.Resolved, out *core.Report) chart.Chart {
	_, p := predictedStep(in, out)
	share := func(seconds ...float64) float64 {
		t := 0.0
		for _, v := range seconds {
			t += v
		}
		return t / p.Total
	}
	busy := share(p.Matmul, p.Attention, p.Experts, p.Head)
	return chart.WhereTimeGoes(chart.Waterfall{Accelerator: in.Train.Name, Useful: p.MFU, Losses: []chart.Loss{
		{Name: "slow kernels", Term: "matrix products and attention below peak", Share: busy - p.MFU, Color: chart.C1},
		{Name: "work bound by memory", Term: "norms, activations, residuals", Share: share(p.Memory), Color: chart.C1},
		{Name: "recomputing", Term: "activation recomputation", Share: share(p.Recompute), Color: chart.C2},
		{Name: "network inside a layer", Term: "tensor, sequence and context parallelism", Share: share(p.Tensor), Color: chart.C3},
		{Name: "network between experts", Term: "all-to-all", Share: share(p.Dispatch), Color: chart.C3},
		{Name: "network between copies", Term: "gradients and sharded weights", Share: share(p.Data), Color: chart.C3},
		{Name: "network between stages", Term: "pipeline send and receive", Share: share(p.Send), Color: chart.C3},
		{Name: "waiting for the pipeline", Term: "bubble", Share: share(p.Bubble), Color: chart.Soft},
		{Name: "optimizer", Term: "update of the weights", Share: share(p.Optimizer), Color: chart.C5},
		{Name: "host memory and disks", Term: "offload", Share: share(p.Offload), Color: chart.C5},
		{Name: "waiting for launches", Term: "kernel launches by the processor", Share: share(p.Launch), Color: chart.C6},
		{Name: "overheads", Term: "data, logging, the slowest server", Share: share(p.Retries, p.Overhead, p.Jitter), Color: chart.C6},
	}})
}
