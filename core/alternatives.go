package core

import (
	"flopbook/core/bill"
	"flopbook/core/lifecycle"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
)

// Alternative is a way to get answers for a task of one's own.
type Alternative uint8

// Alternatives, from renting everything to making everything.
const (
	ByAPI     Alternative = iota // somebody else's model, as it is
	ByRAG                        // with passages of one's own texts before each question
	ByPrompt                     // a tuned prompt
	ByLoRA                       // adapters
	ByQLoRA                      // adapters on 4-bit weights
	ByTuning                     // all weights tuned
	ByScratch                    // the model of this case
	AlternativeCount
)

// Alternatives names them.
var Alternatives = [AlternativeCount]struct{ Key, Label, Says string }{
	ByAPI:     {"api", "An API", "A list price for every token; nothing to build."},
	ByRAG:     {"rag", "Looking things up (RAG)", "Texts are turned into vectors once; passages are read with every question."},
	ByPrompt:  {"prompt", "A tuned prompt", "A few learned tokens before every question; the model stays as it is."},
	ByLoRA:    {"lora", "Adapters (LoRA)", "Small matrices learn the task; the model stays as it is."},
	ByQLoRA:   {"qlora", "Adapters on 4-bit weights (QLoRA)", "As LoRA in a quarter of the memory, somewhat slower."},
	ByTuning:  {"tuning", "Tuning all weights", "Every weight learns the task."},
	ByScratch: {"scratch", "Training from scratch", "The whole bill of this case."},
}

// An AlternativeCost is one alternative with what it costs.
type AlternativeCost struct {
	Known    bool
	Setup    uncertainty.Value // USD, once
	PerYear  uncertainty.Value // USD a year whether anybody asks or not
	PerQuery uncertainty.Value // USD a question at the demand of the case
	Paid     float64           // USD of it that each question costs whatever the demand
	Own      bool              // answered on machines of one's own, which are the rest of it
	Total    uncertainty.Value // USD over the days ahead at the demand of the case
	Learns   float64           // parameters that learn
	GPUHours float64           // of one tuning
}

// Name is the label of the alternative; of looking things up, with what it
// stands on.
func (c *AlternativeCost) Name(alt Alternative) string {
	name := Alternatives[alt].Label
	if alt == ByRAG && c.Known {
		if c.Own {
			return name + ", on machines of your own"
		}
		return name + ", on the API"
	}
	return name
}

// Compete works out what each alternative costs for the demand of the case: the
// API, or this model of open weights on machines of one's own. For other
// demands see [Rivals]. It allocates nothing.
func Compete(in *Resolved, rep *Report, whole *TheBill, out *[AlternativeCount]AlternativeCost) {
	*out = [AlternativeCount]AlternativeCost{}
	t := &whole.term
	input := func(i bill.Input) uncertainty.Value { return uncertainty.Value{V: t.V[i], Spread: t.Spread[i]} }
	asked, answered := in.V(scenario.In), in.V(scenario.Out)
	cached := in.V(scenario.Cached)
	years := in.V(scenario.Horizon) / 365
	questions := in.V(scenario.People) * in.V(scenario.Questions) * in.V(scenario.Horizon)

	s := &in.Serving
	api := uncertainty.Value{V: ((asked*(1-cached))*s.ListIn + asked*cached*s.ListCached + answered*s.ListOut) / 1e6}
	apiKnown := s.ListOut > 0
	own := uncertainty.Of(rep.V[CostPerQuery])
	ownKnown := rep.Known[CostPerQuery]
	read := uncertainty.Of(rep.V[USDPerMTokRead])

	// Tuning: examples once, computing each time.
	examples := input(bill.TuneExamples).By(input(bill.TunePrice))
	tokens := input(bill.TuneExamples).By(input(bill.TuneLength)).By(input(bill.TuneEpochs))
	hour := &whole.Hour
	perHour := uncertainty.Value{V: hour.USD, Spread: hour.Spread}
	active := whole.in.Active
	compute := func(perParam float64, slow uncertainty.Value) (hours, money uncertainty.Value) {
		if whole.in.RunFLOP <= 0 {
			return
		}
		hours = tokens.By(slow).Times(perParam * active * whole.in.RunHours / whole.in.RunFLOP)
		hours.Spread = hours.Spread.And(uncertainty.SpreadOf(rep.V[GPUHours]))
		return hours, hours.By(perHour)
	}
	one := uncertainty.Value{V: 1}
	tuned := func(alt Alternative, perParam float64, slow uncertainty.Value, learns float64, perQuery uncertainty.Value) {
		hours, money := compute(perParam, slow)
		c := &out[alt]
		c.Known, c.Learns, c.GPUHours = ownKnown, learns, hours.V
		c.Setup = examples.Plus(money)
		c.PerYear = money.By(input(bill.TunesPerYear))
		c.PerQuery, c.Own = perQuery, true
	}
	var lora model.LoRA
	if r, p := model.FindRecipe("lora"); p == nil {
		lora = r.LoRA
	}
	adapter := float64(lora.Params(&in.Arch))
	prompt := input(bill.PromptTokens)
	longer := read.By(prompt).Times(1e-6)
	tuned(ByPrompt, model.LoRAPerParam, one, prompt.V*float64(in.Arch.Width), own.Plus(longer))
	out[ByPrompt].Paid = longer.V
	tuned(ByLoRA, model.LoRAPerParam, one, adapter, own)
	tuned(ByQLoRA, model.LoRAPerParam, input(bill.QLoRASlow), adapter, own)
	tuned(ByTuning, model.TrainPerParam, one, whole.in.Total, own)

	if apiKnown {
		out[ByAPI].Known, out[ByAPI].PerQuery, out[ByAPI].Paid = true, api, api.V
	}
	base, readPrice, known := api, uncertainty.Value{V: s.ListIn}, apiKnown
	if !apiKnown {
		base, readPrice, known = own, read, ownKnown
	}
	rag := &out[ByRAG]
	rag.Known = known
	rag.Setup = input(bill.CorpusTokens).By(input(bill.EmbedPrice)).Times(1e-6)
	vectors := input(bill.CorpusTokens).By(uncertainty.Value{V: 1 / t.V[bill.ChunkTokens], Spread: t.Spread[bill.ChunkTokens].Inverse()})
	bytes := float64(bill.VectorStore(1, t.V[bill.VectorDim])) * (1 + t.V[bill.VectorOverhead])
	rag.PerYear = vectors.By(input(bill.VectorPrice)).Times(bytes / 1e9 * 12)
	extra := input(bill.Chunks).By(input(bill.ChunkTokens)).By(readPrice).Times(1e-6)
	found := input(bill.RetrievalPrice).Times(1e-3)
	rag.PerQuery = base.Plus(extra, found)
	rag.Own, rag.Paid = !apiKnown, extra.V+found.V
	if apiKnown {
		rag.Paid = rag.PerQuery.V
	}

	scratch := &out[ByScratch]
	scratch.Known, scratch.Learns, scratch.GPUHours = ownKnown, whole.in.Total, whole.GPUHours.V
	scratch.Setup, scratch.PerQuery, scratch.Own = making(whole), own, true

	for i := range out {
		c := &out[i]
		if !c.Known {
			continue
		}
		c.Total = c.Setup.Plus(c.PerYear.Times(years), c.PerQuery.Times(questions))
	}
}

// making is the bill without what lasts as long as the model serves, its part
// of the reserve taken along.
func making(b *TheBill) uncertainty.Value {
	v := b.Total
	serving := 0.0
	for s := range b.Stages {
		if lifecycle.Stages[s].Long {
			serving += b.Stages[s].Money
		}
	}
	if b.Sum.V > 0 {
		v = v.Times(1 - serving/b.Sum.V)
	}
	return v
}
