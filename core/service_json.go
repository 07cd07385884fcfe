package core

import (
	"encoding/json"
	"math"

	"flopbook/core/scenario"
	"flopbook/core/serve"
	"flopbook/core/unit"
)

// The service in detail as the report's JSON has it: what the charts draw.
type (
	serviceJSON struct {
		Copy     serviceCopy     `json:"copy"`
		Software serviceSoftware `json:"software"`
		Roofline []serviceRoof   `json:"roofline"`
		Curve    []servicePoint  `json:"curve,omitempty"` // USD and speeds of a copy from one answer at a time to as many as fit
		At       *servicePoint   `json:"at,omitempty"`    // where the plan runs
		Memory   []serviceFill   `json:"memory,omitempty"`
		Day      []serviceMinute `json:"day,omitempty"` // a weekday, hour by hour
		Ways     []serviceWay    `json:"ways,omitempty"`
		Levers   []serviceLever  `json:"levers,omitempty"`
		Routing  []serviceRoute  `json:"routing,omitempty"`
		Lifetime []serviceDay    `json:"lifetime,omitempty"`
		Sizes    []serviceSize   `json:"sizes,omitempty"`
		Anchors  []serviceAnchor `json:"energy_anchors,omitempty"`
		Prices   []servicePrice  `json:"list_prices,omitempty"`
		Decline  []serviceFall   `json:"price_decline,omitempty"`
		Thinking []serviceThink  `json:"thinking,omitempty"`
		Texts    []serviceText   `json:"own_texts,omitempty"`
	}
	servicePrice struct {
		Model     string   `json:"model"`
		Seller    string   `json:"seller"`
		Date      string   `json:"date"`
		In        float64  `json:"in_usd_per_mtok"`
		Out       float64  `json:"out_usd_per_mtok"`
		PerAnswer float64  `json:"usd_per_mtok_answer"` // questions included
		Days      *float64 `json:"payback_days"`        // null: never
	}
	serviceFall struct {
		Years   float64 `json:"years"`
		Price   float64 `json:"price_usd_per_mtok"`
		PriceLo float64 `json:"price_usd_per_mtok_lo"`
		PriceHi float64 `json:"price_usd_per_mtok_hi"`
		Cost    float64 `json:"cost_usd_per_mtok"`
	}
	serviceThink struct {
		Times    float64     `json:"times"`
		PerQuery float64     `json:"cost_per_query_usd"`
		Energy   float64     `json:"energy_per_query_wh"`
		Answer   float64     `json:"answer_s"`
		Crossing reportValue `json:"crossing_days"`
	}
	serviceText struct {
		Key      string  `json:"key"`
		Name     string  `json:"name"`
		Setup    float64 `json:"setup_usd"`
		PerYear  float64 `json:"per_year_usd"`
		PerQuery float64 `json:"per_query_usd"`
		TTFT     float64 `json:"ttft_s"`
	}
	serviceCopy struct {
		GPUs float64 `json:"gpus"`
		TP   float64 `json:"tp"`
		PP   float64 `json:"pp"`
		DP   float64 `json:"dp"` // groups with their own answers that share the experts
	}
	serviceSoftware struct {
		Engine    string `json:"engine"` // empty: any
		Family    string `json:"family"`
		Precision string `json:"precision"`
		Rows      int    `json:"rows"`
		Sources   int    `json:"sources"`
		Near      bool   `json:"near"` // the fit speaks for something near, not for this very combination
	}
	serviceRoof struct {
		Name      string  `json:"name"`
		Intensity float64 `json:"flop_per_byte"`
		Reached   float64 `json:"flop_per_s"`
		Roof      float64 `json:"roof_flop_per_s"`
	}
	servicePoint struct {
		Answers   float64 `json:"answers"`
		TPOT      float64 `json:"tpot_s"`
		TTFT      float64 `json:"ttft_s"`
		PerGPU    float64 `json:"output_tokens_per_s_per_gpu"`
		PerReader float64 `json:"tokens_per_s_per_reader"`
	}
	serviceFill struct {
		Answers float64 `json:"answers"`
		Weights float64 `json:"weights_gib"`
		Cache   float64 `json:"cache_gib"`
		Reserve float64 `json:"reserve_gib"`
		Total   float64 `json:"gpu_gib"`
	}
	serviceMinute struct {
		Hour   int     `json:"hour"`
		Rate   float64 `json:"questions_per_s"`
		Copies float64 `json:"copies"`
		Load   float64 `json:"load"`
		Wait   float64 `json:"wait_p90_s"`
	}
	serviceWay struct {
		PerDay float64 `json:"questions_per_day"`
		Rent   float64 `json:"rent_usd_per_day"`
		Own    float64 `json:"own_usd_per_day,omitempty"`
		API    float64 `json:"api_usd_per_day,omitempty"`
		GPUs   float64 `json:"gpus"`
	}
	serviceLever struct {
		Key      string      `json:"key"`
		Name     string      `json:"name"`
		Once     float64     `json:"once_usd,omitempty"`
		Training reportValue `json:"training"`
		PerDay   reportValue `json:"serve_cost_per_day"`
		PerQuery reportValue `json:"cost_per_query"`
		Energy   reportValue `json:"energy_per_query"`
		Carbon   reportValue `json:"carbon_per_query"`
		Crossing reportValue `json:"crossing_days"`
		Lifetime float64     `json:"lifetime_usd"` // training and serving over the days looked ahead
	}
	serviceRoute struct {
		Share    float64 `json:"share_small"`
		PerQuery float64 `json:"cost_per_query_usd"`
		Energy   float64 `json:"energy_per_query_wh"`
	}
	serviceDay struct {
		Day            float64 `json:"day"`
		Training       float64 `json:"training_usd"`
		Serving        float64 `json:"serving_usd"`
		ServingLo      float64 `json:"serving_usd_lo"`
		ServingHi      float64 `json:"serving_usd_hi"`
		TrainingEnergy float64 `json:"training_mwh"`
		ServingEnergy  float64 `json:"serving_mwh"`
		TrainingCarbon float64 `json:"training_t"`
		ServingCarbon  float64 `json:"serving_t"`
		Revenue        float64 `json:"revenue_usd,omitempty"`
	}
	serviceSize struct {
		Params float64 `json:"params"`
		Tokens float64 `json:"tokens"`
		Train  float64 `json:"training_usd"`
		Serve  float64 `json:"serving_usd"`
	}
	serviceAnchor struct {
		Name   string  `json:"name"`
		Scope  string  `json:"scope"`
		Wh     float64 `json:"wh"`
		Ours   float64 `json:"ours_wh"`
		Source string  `json:"source"`
		Date   string  `json:"date"`
	}
)

// SmallerCase is the case of a dense model of a share of the size for the same
// demand, for routing; false where there is none.
func SmallerCase(a *Answered, share float64) (s scenario.Scenario, ok bool) {
	s = a.Case
	if a.In.Arch.Encoder.Layers > 0 || a.In.Arch.Picture.Tokens > 0 || a.Out.V[ParamsActive].V*share < 1e7 {
		return s, false
	}
	return s, resize(&a.In, &s, a.Out.V[ParamsActive].V*share, a.In.V(scenario.Tokens)*share)
}

// smallShare is the size of the small model that routing is shown with, of the
// parameters that the large one uses.
const smallShare = 0.1

// serviceJSON is the service in detail, nil where nothing is served.
func (a *Answered) serviceJSON(whole *TheBill) []byte {
	in, out := &a.In, &a.Out
	r, p, v := &out.Serve, &in.Serving.Plan, &in.Serving
	if !r.OK {
		return nil
	}
	const gib = 1 << 30
	j := serviceJSON{
		Copy:     serviceCopy{r.GPUs, p.L.TP, p.L.PP, p.L.DP},
		Software: serviceSoftware{v.Fit.Engine, v.Fit.Family, v.Fit.Precision, v.Fit.Rows, v.Fit.Sources, v.Near},
	}
	for _, x := range Roofline(in, out) {
		j.Roofline = append(j.Roofline, serviceRoof{x.Name, x.Intensity, x.Reached, x.Roof})
	}
	points := make([]serve.Point, 25)
	if at, ok := LatencyCurve(in, out, points); ok {
		one := func(x serve.Point) servicePoint { return servicePoint{x.Seqs, x.TPOT, x.TTFT, x.PerGPU, x.PerReader} }
		for _, x := range points {
			j.Curve = append(j.Curve, one(x))
		}
		w := one(at)
		j.At = &w
	}
	fills := make([]Fill, 5)
	if MemoryFill(in, out, fills) {
		for _, f := range fills {
			j.Memory = append(j.Memory, serviceFill{f.Answers, f.Weights / gib, f.Cache / gib, f.Reserve / gib, f.Total / gib})
		}
	}
	if v.Service.PerDay > 0 {
		a.demandJSON(&j, whole)
	}
	b, err := json.MarshalIndent(j, "  ", "  ")
	if err != nil {
		return nil
	}
	return b
}

// demandJSON fills what hangs on how much is asked.
func (a *Answered) demandJSON(j *serviceJSON, whole *TheBill) {
	in, out := &a.In, &a.Out
	r, p, s := &out.Serve, &in.Serving.Plan, &in.Serving.Service
	day := make([]serve.Minute, serve.DayMinutes)
	s.Week(p, &r.Result, day)
	for h := range 24 {
		m := day[60*h+30]
		j.Day = append(j.Day, serviceMinute{h, m.Rate, m.Copies, m.Load, m.Wait})
	}
	var demands []float64
	for x := -4; x <= 4; x++ {
		demands = append(demands, s.PerDay*math.Pow(10, float64(x)/2))
	}
	ways := make([]WayPoint, len(demands))
	Ways(in, out, demands, ways)
	for _, w := range ways {
		j.Ways = append(j.Ways, serviceWay{w.PerDay, w.Rent, w.Own, w.API, w.GPUs})
	}
	value := func(k Key, r unit.Range) reportValue { return jsonValue(Quantities[k].Kind, r) }
	for _, l := range Levers(&a.Case) {
		if l.OK {
			j.Levers = append(j.Levers, serviceLever{l.Key, l.Name, l.Once, value(Cost, l.Training), value(CostPerDay, l.Day), value(CostPerQuery, l.PerQuery),
				value(EnergyPerQuery, l.Energy), value(CarbonPerQuery, l.Carbon), value(CrossingDays, l.Crossing), l.Lifetime})
		}
	}
	if small, ok := SmallerCase(a, smallShare); ok {
		var b Answered
		AnswerInto(&small, &b)
		if b.Out.Known[CostPerQuery] {
			shares := []float64{0, 0.25, 0.5, 0.75, 0.9, 1}
			routed := make([]Routed, len(shares))
			Route(&b.Out, out, shares, routed)
			for _, x := range routed {
				j.Routing = append(j.Routing, serviceRoute{x.Share, x.PerQuery, x.Energy / 3600})
			}
		}
	}
	days := make([]DayPoint, 13)
	Timeline(in, out, in.V(scenario.Horizon), days)
	for _, d := range days {
		j.Lifetime = append(j.Lifetime, serviceDay{d.Day, d.Training.V, d.Serving.V, d.Serving.Lo, d.Serving.Hi,
			d.TrainingEnergy.V / 3.6e9, d.ServingEnergy.V / 3.6e9, d.TrainingCarbon.V / 1000, d.ServingCarbon.V / 1000, d.Revenue})
	}
	sizes := make([]SizePoint, 25)
	if n, _, ok := Sizes(a, sizes); ok {
		for _, x := range sizes[:n] {
			j.Sizes = append(j.Sizes, serviceSize{x.Params, x.Tokens, x.Train, x.Serve})
		}
	}
	for _, x := range ListPrices(in, out) {
		p := servicePrice{x.Model, x.Seller, x.Date, x.In, x.Out, x.PerAnswer, nil}
		if x.Earns {
			p.Days = &x.Days
		}
		j.Prices = append(j.Prices, p)
	}
	fall := make([]DeclinePoint, 6)
	if Decline(in, out, 5, fall) {
		for _, x := range fall {
			j.Decline = append(j.Decline, serviceFall{x.Years, x.Price.V, x.Price.Lo, x.Price.Hi, x.Cost.V})
		}
	}
	think := make([]ThinkPoint, len(ThinkTimes))
	Think(a, ThinkTimes[:], think)
	for _, x := range think {
		if x.OK {
			j.Thinking = append(j.Thinking, serviceThink{x.Times, x.PerQuery, x.Energy / 3600, x.Answer, value(CrossingDays, x.Crossing)})
		}
	}
	for _, x := range TextWays(a, whole) {
		j.Texts = append(j.Texts, serviceText{x.Key, x.Name, x.Setup, x.PerYear, x.PerQuery, x.TTFT})
	}
	for _, x := range Anchors(out) {
		j.Anchors = append(j.Anchors, serviceAnchor{x.Name, x.Scope, x.V / 3600, out.V[x.Ours].V / 3600, x.Source, x.Date})
	}
}
