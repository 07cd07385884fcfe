package core

import (
	"math"

	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// A PricePoint is a price of a million answer tokens, questions included, with
// the day on which the model has then earned its training.
type PricePoint struct {
	Price float64
	Days  float64
	Earns bool // false: never, as prices fall
}

// Paybacks fills points for prices.
func Paybacks(in *Resolved, out *Report, prices []float64, points []PricePoint) {
	tokens := answerTokens(in) / 1e6
	for i, price := range prices {
		points[i] = PricePoint{Price: price}
		points[i].Days, points[i].Earns = payback(out.V[Cost].V, tokens*price, out.V[CostPerDay].V, in.V(scenario.Growth), in.V(scenario.PriceFall))
	}
}

// answerTokens are written a day.
func answerTokens(in *Resolved) float64 { s := &in.Serving.Service; return s.PerDay * s.Q.Out }

// A ListPrice is a seller's dated price, and what it brings for the questions
// of the case.
type ListPrice struct {
	Model, Seller, Kind, Date, Source string
	In, Out                           float64 // USD per million tokens
	PerAnswer                         float64 // USD per million answer tokens, questions included
	PricePoint
}

// ListPrices puts every dated list price to the case's own questions, the
// cheapest first: a price for each kind of token becomes one for answer tokens,
//
//	p = p_out + (fresh p_in + cached p_cached) / answer tokens
func ListPrices(in *Resolved, out *Report) (list []ListPrice) {
	q := &in.Serving.Service.Q
	if !out.Known[BreakEvenPrice] || !(q.Out > 0) {
		return nil
	}
	all := catalog.APIPrices()
	for i := range all {
		p := &all[i]
		cached := p.Cached.Or(p.Input.V)
		l := ListPrice{Model: p.Model, Seller: p.Seller, Kind: p.Kind, Date: p.Output.Date, Source: p.Output.Source, In: p.Input.V, Out: p.Output.V,
			PerAnswer: p.Output.V + ((q.In-q.Cached)*p.Input.V+q.Cached*cached)/q.Out}
		var at [1]PricePoint
		Paybacks(in, out, []float64{l.PerAnswer}, at[:])
		l.PricePoint = at[0]
		j := len(list)
		list = append(list, l)
		for ; j > 0 && list[j-1].PerAnswer > l.PerAnswer; j-- {
			list[j] = list[j-1]
		}
		list[j] = l
	}
	return list
}

// A DeclinePoint is the price of a million answer tokens so many years from
// now, as prices fall, and what serving one then costs.
type DeclinePoint struct {
	Years float64
	Price unit.Range // USD, questions included
	Cost  unit.Range // USD: machines and operations of the case, at today's rent
}

// Decline fills points evenly over years.
func Decline(in *Resolved, out *Report, years float64, points []DeclinePoint) bool {
	fall, price := in.Num[scenario.PriceFall].R, in.Num[scenario.TokenPrice].R
	tokens := answerTokens(in) / 1e6
	if !in.Num[scenario.TokenPrice].Known || !(tokens > 0) || !out.Known[CostPerDay] {
		return false
	}
	day := out.V[CostPerDay]
	for i := range points {
		y := years * float64(i) / float64(max(len(points)-1, 1))
		points[i] = DeclinePoint{y,
			unit.Range{V: serve.PriceAfter(price.V, fall.V, y), Lo: serve.PriceAfter(price.Lo, fall.Hi, y), Hi: serve.PriceAfter(price.Hi, fall.Lo, y)},
			unit.Range{V: day.V / tokens, Lo: day.Lo / tokens, Hi: day.Hi / tokens}}
	}
	return true
}

// MarginDays is the day on which a falling price has come down to what serving
// costs: 365 ln(revenue/cost)/ln(fall). False where it never does, or is below
// it from the start.
func MarginDays(in *Resolved, out *Report) (days float64, ok bool) {
	revenue, day, fall := out.Serve.Revenue, out.V[CostPerDay].V, in.V(scenario.PriceFall)
	if !(revenue > day) || !(day > 0) || !(fall > 1) {
		return 0, false
	}
	return 365 * math.Log(revenue/day) / math.Log(fall), true
}

// A ThinkPoint is the case with so many times the tokens of an answer, or of a
// picture the passes.
type ThinkPoint struct {
	Times    float64
	OK       bool
	PerQuery float64    // USD
	Energy   float64    // J per question
	Answer   float64    // s until it is all there, at the usual load
	Crossing unit.Range // day
}

// ThinkTimes are the times that pictures of it show.
var ThinkTimes = [...]float64{0.25, 0.5, 1, 2, 3, 5, 10, 20, 50, 100}

// Think answers the case again for each number of times.
func Think(a *Answered, times []float64, points []ThinkPoint) {
	n := scenario.Out
	if a.In.Arch.Picture.Tokens > 0 {
		n = scenario.Passes
	}
	f := &scenario.Nums[n]
	var b Answered
	for i, x := range times {
		points[i] = ThinkPoint{Times: x}
		next := a.Case
		v := a.In.V(n) * x
		if f.Max > 0 && v > f.Max || !give(&next, n, math.Max(v, f.Min)) {
			continue
		}
		AnswerInto(&next, &b)
		r := &b.Out
		if !r.Known[CostPerQuery] {
			continue
		}
		points[i] = ThinkPoint{x, true, r.V[CostPerQuery].V, r.V[EnergyPerQuery].V, r.V[UsualTTFT].V + r.V[UsualTPOT].V*math.Max(0, b.In.V(scenario.Out)-1), r.V[CrossingDays]}
		if n == scenario.Passes {
			points[i].Answer = r.V[UsualTTFT].V
		}
	}
}

// ThinkInstead is how many times as many answer tokens the model may spend for
// the arithmetic of one so many times larger, trained on the same tokens and
// asked over the days looked ahead (Snell et al. 2024, section 7). False for
// pictures and without demand.
func ThinkInstead(in *Resolved, out *Report, larger float64) (times float64, ok bool) {
	served := answerTokens(in) * out.Serve.Life.Grown
	if in.Arch.Picture.Tokens > 0 || in.Recipe.Frozen > 0 || !(served > 0) {
		return 0, false
	}
	return serve.TestTimeMultiplier(larger, served/in.V(scenario.Tokens)), true
}

// A TextWay is a way to have a model answer from texts of one's own.
type TextWay struct {
	Key, Name, Says string
	Setup           float64 // USD, once
	PerYear         float64 // USD, whether anybody asks or not
	PerQuery        float64 // USD, at the demand of the case
	Paid            float64 // USD of it that each question costs whatever the demand
	TTFT            float64 // s, at the usual load

	served *Answered // the case with the way's own lengths of questions
}

// Machines is what machines of one's own cost over the days ahead for so many
// questions of the way's own lengths, USD: whole copies of the model. NaN where
// no number of copies keeps the pace asked for.
func (w *TextWay) Machines(questions float64) float64 {
	days := w.served.In.V(scenario.Horizon)
	demand, point := [1]float64{questions / days}, [1]WayPoint{}
	Ways(&w.served.In, &w.served.Out, demand[:], point[:])
	if !(point[0].Rent > 0) {
		return math.NaN()
	}
	return point[0].Rent * days
}

// wholeText is the tokens of one's own texts where all are put before each
// question, and heldText the share of them that a prefix cache then holds.
// Assumed.
const (
	wholeText = 50000
	heldText  = 0.95
)

// passages are the tokens that are looked up for a question.
func passages(in *Resolved) float64 {
	return in.V(scenario.InputField(bill.Chunks)) * in.V(scenario.InputField(bill.ChunkTokens))
}

// TextWays works out looking passages up, putting the whole text before each
// question, and tuning, for the same demand on machines of one's own. A case
// that looks things up already keeps its passages.
func TextWays(a *Answered, whole *TheBill) []TextWay {
	in := &a.In
	if !a.Out.Known[CostPerQuery] || in.Arch.Picture.Tokens > 0 || in.Arch.Encoder.Layers > 0 {
		return nil
	}
	var alt [AlternativeCount]AlternativeCost
	Compete(in, &a.Out, whole, &alt)
	question := in.V(scenario.In)
	found := in.V(scenario.Retrieved)
	if found == 0 {
		found = passages(in)
	}
	try := func(w TextWay, retrieved, cached float64) (TextWay, bool) {
		next := a.Case
		if !give(&next, scenario.Retrieved, retrieved) || !give(&next, scenario.Cached, cached) {
			return w, false
		}
		var b Answered
		AnswerInto(&next, &b)
		w.PerQuery = w.Paid + b.Out.V[CostPerQuery].V
		w.served = &b
		w.TTFT = b.Out.V[UsualTTFT].V
		return w, b.Out.Known[CostPerQuery]
	}
	var out []TextWay
	add := func(w TextWay, ok bool) {
		if ok {
			out = append(out, w)
		}
	}
	held := in.V(scenario.Cached)
	rag := &alt[ByRAG]
	add(try(TextWay{Key: "rag", Name: "Looking things up (RAG)", Says: "passages before each question", Setup: rag.Setup.V, PerYear: rag.PerYear.V, Paid: whole.term.V[bill.RetrievalPrice] / 1e3}, found, held))
	add(try(TextWay{Key: "long-context", Name: "The whole text before each question", Says: "50,000 tokens, 95 % of them in the prefix cache"}, wholeText, heldText*wholeText/(wholeText+question)))
	for _, t := range [...]Alternative{ByLoRA, ByTuning} {
		x := &alt[t]
		if x.Known {
			add(try(TextWay{Key: Alternatives[t].Key, Name: Alternatives[t].Label, Says: Alternatives[t].Says, Setup: x.Setup.V, PerYear: x.PerYear.V}, 0, held))
		}
	}
	return out
}
