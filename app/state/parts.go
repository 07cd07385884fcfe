package state

import "flopbook/core"

// A Part of the calculator's figures: one question looked at closely.
type Part struct {
	Key, Name, Says string
	Charts          []string // keys, in the order of the page
}

// Parts are the calculator's, the first in sight when it opens.
var Parts = [...]Part{
	{"overview", "Overview", "", []string{"memory", "gpus", "lifetime"}},
	{"step", "The step", "A training run is one step repeated: read a batch, work out what to change, change it. Here is one, as predicted from the model, the machine and how the GPUs share the work.", []string{"step", "waterfall"}},
	{"serving", "Serving", "What it takes to answer people with the model: how fast, how many at once, for how much, and what each change would do.", []string{"pace", "roofline", "fill", "fleet", "ways", "levers"}},
	{TradePart, "Train or serve", "Training is paid once, serving every day. Here is when they are even, which size costs least over both, when the model has earned its training, and what else would do.",
		[]string{"lifetime", "lifetime-energy", "lifetime-carbon", "sizes", "payback", "decline", "routing", "thinking", "texts"}},
	{BillPart, "The whole bill", "Training is one stage of many. Here is every stage of a model’s life, who and what it takes, when, and what it costs. Its inputs stand below the others; a figure opens to its formula, where each assumption can be changed too.", []string{"stages-cost", "stages-days", "stages-energy", "plan"}},
	{InsteadPart, "Instead of training", "Most people need answers for a task of their own, not a model of their own. Here are the ways to get them, from somebody else’s model behind an API to training from scratch, for the people and questions of this case.", []string{"instead"}},
	{AmongPart, "Among others", "This run beside the published ones, what an hour of its accelerator has cost, and what other budgets train.", []string{"among-compute", "among-cost", "among-energy", "prices", "ladder"}},
	{LayoutPart, "All layouts", "The same run can be shared over the same GPUs in many ways. Here every one of them is tried, in a worker beside the page, and the best are ranked by predicted time or cost.", nil},
	{CalibratePart, "Your cluster", "Measure small, then scale: give a few steps timed on your own machines, and the prediction moves to them and narrows.", nil},
	{ComparePart, "Compare two", "Keep a case as it stands, change whatever you like, and see both side by side.", nil},
}

// TradePart is the key of the part that holds training against serving.
const TradePart = "trade"

// Crossings are the charts of the trade that one can choose between: money,
// energy, carbon.
var Crossings = [...]struct{ Key, Name string }{{"lifetime", "money"}, {"lifetime-energy", "energy"}, {"lifetime-carbon", "carbon"}}

// RankedBy is what layouts are ranked by.
func (m *Model) RankedBy() string {
	if m.By == "" {
		return core.SearchGoals[0].Key
	}
	return m.By
}

// Crossing is which of them is looked at.
func (m *Model) Crossing() string {
	for _, c := range Crossings {
		if c.Key == m.Show {
			return c.Key
		}
	}
	return Crossings[0].Key
}

// BillPart is the key of the part with every stage of a model's life.
const BillPart = "bill"

// InsteadPart is the key of the part with what else could be done.
const InsteadPart = "instead"

// AmongPart is the key of the part that holds the run against others.
const AmongPart = "among"

// OfTheBill reports whether a part's figures are explained with the whole bill.
func OfTheBill(part int) bool { k := Parts[part].Key; return k == BillPart || k == InsteadPart }

// LayoutPart is the key of the part that ranks the ways to share a run.
const LayoutPart = "layouts"

// CalibratePart is the key of the part that takes measured steps.
const CalibratePart = "cluster"

// ComparePart is the key of the part that holds two cases against each other.
const ComparePart = "compare"

// Charts are the keys of all charts, each once.
var Charts = func() (keys []string) {
	seen := map[string]bool{}
	for _, p := range Parts {
		for _, k := range p.Charts {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}()

// PartByKey is the index of a part, the first for a key that there is not.
func PartByKey(key string) int {
	for i := range Parts {
		if Parts[i].Key == key {
			return i
		}
	}
	return 0
}
