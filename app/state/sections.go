package state

import "flopbook/core/scenario"

// An Item of a section is a number or a choice.
type Item struct {
	Num    scenario.Num
	Choice scenario.Choice
	IsNum  bool
}

func num(n scenario.Num) Item       { return Item{Num: n, IsNum: true} }
func choice(c scenario.Choice) Item { return Item{Choice: c} }

func nums(from, to scenario.Num) (items []Item) {
	for n := from; n <= to; n++ {
		items = append(items, num(n))
	}
	return items
}

// A Section is a group of inputs: those in sight, and those that an expert
// opens.
type Section struct {
	Key, Title string
	Items      []Item
	More       []Fold
}

// A Fold is a closed group of expert fields.
type Fold struct {
	Key, Title string
	Items      []Item
}

// Sections are the inputs in the order of the page, as they stand for a case:
// every input that moves a headline number of the question asked is in sight,
// and a number that is the question itself is not asked for.
func Sections(s *scenario.Scenario) []Section {
	ask := s.Chosen(scenario.Ask)
	model := Section{Key: "model", Title: "Model", Items: []Item{choice(scenario.Model), num(scenario.Params)}}
	training := Fold{"training", "How it is trained", []Item{choice(scenario.Optimizer)}}
	if o := s.Chosen(scenario.Optimizer); o == "lora" || o == "qlora" {
		training.Items = append(training.Items, num(scenario.LoRARank))
	}
	training.Items = append(training.Items, choice(scenario.FLOPRule), choice(scenario.Attention))
	model.More = []Fold{
		{"shape", "Shape, layer by layer", nums(scenario.Layers, scenario.WindowLayers)},
		training,
	}

	if ask == "params" { // the size is the question, the shape follows it
		model.Items, model.More = nil, model.More[1:]
	}

	data := Section{Key: "data", Title: "Data", More: []Fold{
		{"reading", "How it is read", []Item{num(scenario.Seq), num(scenario.Batch), num(scenario.Unique), choice(scenario.Law)}},
	}}
	if ask != "tokens" {
		data.Items = []Item{num(scenario.Tokens)}
	}

	machine := Section{Key: "machine", Title: "Machine", Items: []Item{choice(scenario.Accelerator)}}
	if s.Chosen(scenario.Accelerator) == "own" || s.Chosen(scenario.ServeAccelerator) == "own" {
		machine.Items = append(machine.Items, nums(scenario.OwnPeak, scenario.OwnNetwork)...)
	}
	if ask != "gpus" {
		machine.Items = append(machine.Items, num(scenario.GPUs))
	}
	if ask == "gpus" || ask == "tokens" || ask == "params" || ask == "check" {
		machine.Items = append(machine.Items, num(scenario.Days))
	}
	machine.Items = append(machine.Items, num(scenario.MFU))
	machine.More = []Fold{
		{"precision", "Number format and failures", []Item{choice(scenario.Precision), num(scenario.Goodput), num(scenario.Practice),
			num(scenario.FailureRate), num(scenario.RestartTime), num(scenario.CheckpointEvery), num(scenario.CheckpointSpeed),
			num(scenario.HiddenWrite), num(scenario.StartTime), num(scenario.PlannedStops), num(scenario.SpareServers), num(scenario.RepairTime)}},
		{"layout", "How the GPUs share the work", append(nums(scenario.TP, scenario.Micro), choice(scenario.Recompute), choice(scenario.Schedule), choice(scenario.Framework))},
	}

	place := Section{Key: "place", Title: "Place and price", Items: []Item{num(scenario.Price)}}
	if ask == "tokens" || ask == "params" || ask == "check" {
		place.Items = append(place.Items, num(scenario.Budget))
	}
	if ask == "check" {
		place.Items = append(place.Items, num(scenario.EnergyClaim))
	}
	place.Items = append(place.Items, choice(scenario.Grid))
	place.More = []Fold{
		{"power", "Power and electricity", []Item{num(scenario.PowerPerGPU), num(scenario.PowerShare), num(scenario.NetworkShare), num(scenario.PUE), num(scenario.Intensity), num(scenario.KWhPrice)}},
	}

	serve := Section{Key: "serve", Title: "Serving", Items: []Item{
		num(scenario.People), num(scenario.Questions), num(scenario.In), num(scenario.Out),
	}, More: []Fold{
		{"questions", "What is asked, and when", []Item{choice(scenario.Workload), num(scenario.Retrieved), num(scenario.Cached),
			num(scenario.InSpread), num(scenario.OutSpread), num(scenario.Burst), num(scenario.Peak), num(scenario.Passes)}},
		{"fleet", "The machines that answer", []Item{choice(scenario.ServeAccelerator), choice(scenario.ServePrecision), choice(scenario.KVPrecision),
			choice(scenario.Engine), num(scenario.CopyGPUs), num(scenario.TPOT), num(scenario.TTFT), num(scenario.Busy), num(scenario.ServePrice)}},
		{"ahead", "Drafting ahead (speculative decoding)", nums(scenario.Draft, scenario.DraftCost)},
		{"service", "Keeping it running", []Item{choice(scenario.Fleet), num(scenario.Lead), num(scenario.Headroom), num(scenario.Regions), num(scenario.Spare),
			num(scenario.OpsShare), num(scenario.OnCall), num(scenario.OnCallUSD), num(scenario.HostShare), num(scenario.IdleShare), choice(scenario.ServeGrid)}},
		{"life", "A lifetime, and what it earns", []Item{num(scenario.Horizon), num(scenario.Growth), num(scenario.TokenPrice), num(scenario.PriceFall)}},
	}}
	return []Section{model, data, machine, place, serve}
}

// BillSections are the inputs of the whole bill: what it is for and how GPUs
// are paid in sight, all else in folds: paying, people, owning, capacity,
// footprint, what could be done instead, and each stage with what sizes it.
func BillSections() []Section {
	s := Section{Key: "bill", Title: "The whole bill"}
	for _, g := range scenario.BillGroups() {
		f := Fold{Key: "bill-" + g.Key, Title: g.Title}
		for _, c := range g.Choices {
			if c == scenario.Pipeline || c == scenario.Pay || c == scenario.Currency {
				s.Items = append(s.Items, choice(c))
			} else {
				f.Items = append(f.Items, choice(c))
			}
		}
		for _, n := range g.Nums {
			f.Items = append(f.Items, num(n))
		}
		s.More = append(s.More, f)
	}
	return []Section{s}
}

// InsteadSection is the inputs of what could be done instead of training.
func InsteadSection() Section {
	for _, g := range scenario.BillGroups() {
		if g.Key == "alternatives" {
			return Section{Key: g.Key, Title: g.Title, Items: nums(g.Nums[0], g.Nums[len(g.Nums)-1])}
		}
	}
	return Section{}
}
