package core

import (
	"encoding/json"
	"math"

	"flopbook/core/bill"
	"flopbook/core/lifecycle"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// A Line is one entry of the bill: what a stage costs for one kind of thing.
// The reserve is a line of its own, without a stage.
type Line struct {
	Stage lifecycle.Stage // StageCount for the reserve
	Kind  bill.Kind
	USD   uncertainty.Value
	Cents float64 // the line in whole cents, or other smallest parts; those of all lines add up to the total's
}

// Lines calls f with every line that is not nothing, stage by stage, the
// reserve last. Their values add up to the total; so do their cents, since a
// line's are the step between two running sums, each rounded.
func (b *TheBill) Lines(f func(Line)) { b.LinesIn(unit.Currencies[0].Parts(), f) }

// LinesIn is the same with so many of a currency's smallest parts to a dollar.
func (b *TheBill) LinesIn(perUSD float64, f func(Line)) {
	sum, before := 0.0, 0.0
	line := func(s lifecycle.Stage, k bill.Kind, v uncertainty.Value) {
		sum += v.V
		parts := math.Round(perUSD * sum)
		f(Line{s, k, v, parts - before})
		before = parts
	}
	for s := range b.Stages {
		for k := range b.Stages[s].Parts {
			if v := b.Stages[s].Parts[k]; v.V > 0 {
				line(lifecycle.Stage(s), bill.Kind(k), v)
			}
		}
	}
	if b.Reserve.V > 0 {
		line(lifecycle.StageCount, 0, b.Reserve)
	}
}

// TotalCents is the total in whole cents, those of the lines added up.
func (b *TheBill) TotalCents() float64 { return b.TotalIn(unit.Currencies[0].Parts()) }

// TotalIn is the total in a currency's smallest parts, those of the lines added up.
func (b *TheBill) TotalIn(perUSD float64) (sum float64) {
	b.LinesIn(perUSD, func(l Line) { sum += l.Cents })
	return sum
}

// Key names a line in formulas and files: "cost_sft_compute", "cost_reserve".
func (l Line) Key() string {
	if l.Stage == lifecycle.StageCount {
		return "cost_reserve"
	}
	return "cost_" + l.Stage.String() + "_" + bill.Kinds[l.Kind].Key
}

func jsonValue(k unit.Kind, r unit.Range) reportValue {
	s := k.JSONScale()
	return reportValue{r.V / s, r.Lo / s, r.Hi / s, k.Name()}
}

// billLine and the types below are the bill as its JSON has it.
type billLine struct {
	Key   string      `json:"key"`
	Stage string      `json:"stage,omitempty"`
	Kind  string      `json:"kind"`
	USD   reportValue `json:"usd"`
	Cents float64     `json:"cents"`
}

type billStage struct {
	Key      string      `json:"key"`
	Name     string      `json:"name"`
	Start    float64     `json:"start_day"`
	Days     float64     `json:"days"`
	People   float64     `json:"people"`
	FLOP     float64     `json:"flop"`
	Tokens   float64     `json:"tokens"`
	GPUHours reportValue `json:"gpu_hours"`
	Cores    float64     `json:"core_hours"`
	USD      reportValue `json:"usd"`
	Energy   reportValue `json:"energy"`
}

type billPlace struct {
	Grid  string      `json:"grid"`
	Saves reportValue `json:"saves"`
}

type billFootprint struct {
	Servers       reportValue        `json:"energy_servers"`
	IT            reportValue        `json:"energy_it"`
	Building      reportValue        `json:"energy_building"`
	Carbon        reportValue        `json:"carbon"`
	CarbonMarket  reportValue        `json:"carbon_market"`
	Making        reportValue        `json:"carbon_making"`
	WaterSite     reportValue        `json:"water_site"`
	WaterStations reportValue        `json:"water_stations"`
	Site          reportValue        `json:"site_power"`
	Compare       string             `json:"site_within,omitempty"`
	Cleaner       *billPlace         `json:"cleaner,omitempty"`
	Equal         map[string]float64 `json:"equivalents"`
}

// billExchanged is the total in another currency.
type billExchanged struct {
	Currency string  `json:"currency"`
	PerUSD   float64 `json:"per_usd"`
	Total    float64 `json:"total"`
}

// billStanding is the run's place among published ones, by compute.
type billStanding struct {
	More  int    `json:"runs_with_more"`
	Less  int    `json:"runs_with_less"`
	Above string `json:"next_above,omitempty"`
	Below string `json:"next_below,omitempty"`
}

type billLaw struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"`
	Status string  `json:"status"`
	Times  float64 `json:"times"`
	Over   bool    `json:"over"`
}

type billInstead struct {
	Key       string      `json:"key"`
	Name      string      `json:"name"`
	Setup     reportValue `json:"setup"`
	PerYear   reportValue `json:"per_year"`
	PerQuery  reportValue `json:"per_query"`
	Total     reportValue `json:"total"`
	Learns    float64     `json:"learns"`
	Own       bool        `json:"own_machines"`             // answered on machines of one's own, else on the API
	BreakEven *float64    `json:"break_even_questions"`     // against the API, over the days ahead; null: never, or no price known
	OverRAG   *float64    `json:"break_even_rag_questions"` // of what is learned, against looking things up
}

type billJSON struct {
	Total      reportValue                       `json:"total"`
	TotalCents float64                           `json:"total_cents"`
	Exchanged  *billExchanged                    `json:"exchanged,omitempty"`
	Days       reportValue                       `json:"days"`
	GPUHours   reportValue                       `json:"gpu_hours"`
	PersonDays float64                           `json:"person_days"`
	Pipeline   string                            `json:"pipeline,omitempty"`
	Pay        string                            `json:"pay"`
	Lines      []billLine                        `json:"lines"`
	Stages     []billStage                       `json:"stages"`
	Kinds      map[string]reportValue            `json:"kinds"`
	Hour       map[string]reportValue            `json:"gpu_hour"`
	Pieces     map[string]map[string]reportValue `json:"owned_hour"`
	Run        map[string]reportValue            `json:"run"`
	Buy        reportValue                       `json:"buy"`
	Instead    []billInstead                     `json:"alternatives,omitempty"`
	Unfiltered float64                           `json:"flop_on_unfiltered_text"`
	StartYear  *float64                          `json:"start_year,omitempty"`
	MadeYear   *float64                          `json:"made_year,omitempty"`
	Standing   *billStanding                     `json:"standing,omitempty"`
	Laws       []billLaw                         `json:"thresholds,omitempty"`
	Notes      []string                          `json:"notes"`
	Footprint  billFootprint                     `json:"footprint"`
}

// JSON is the bill: total, lines that add up to it, stages with their days and
// people, kinds of money, ways of paying, footprint.
func (b *TheBill) JSON() []byte { return b.json(nil) }

// json writes the bill, and of its case what else could be done, where it
// stands, what laws say and what a reader should know.
func (b *TheBill) json(a *Answered) []byte {
	money := func(v uncertainty.Value) reportValue { return jsonValue(unit.Money, v.Range()) }
	out := billJSON{Total: money(b.Total), Days: jsonValue(unit.DayCount, b.Days), GPUHours: jsonValue(unit.GPUHourCount, b.GPUHours.Range()), PersonDays: b.PersonDays, Pay: bill.Ways[b.Way].Key,
		Kinds: map[string]reportValue{}, Hour: map[string]reportValue{}, Run: map[string]reportValue{}, Pieces: map[string]map[string]reportValue{}, Buy: jsonValue(unit.Money, unit.Exact(b.Buy))}
	b.Lines(func(l Line) {
		line := billLine{Key: l.Key(), Kind: bill.Kinds[l.Kind].Key, USD: money(l.USD), Cents: l.Cents}
		out.TotalCents += l.Cents
		if l.Stage == lifecycle.StageCount {
			line.Kind = "reserve"
		} else {
			line.Stage = l.Stage.String()
		}
		out.Lines = append(out.Lines, line)
	})
	for s := range b.Stages {
		st := &b.Stages[s]
		if !st.On {
			continue
		}
		about := &lifecycle.Stages[s]
		out.Stages = append(out.Stages, billStage{Key: about.Key, Name: about.Name, Start: st.Start, Days: st.Days, People: st.People, FLOP: b.Work[s].FLOP, Tokens: b.Work[s].Tokens,
			GPUHours: jsonValue(unit.GPUHourCount, st.GPUHours.Range()), Cores: b.Work[s].CoreHours, USD: money(b.StageMoney(lifecycle.Stage(s))), Energy: jsonValue(unit.Energy, b.StageEnergy(lifecycle.Stage(s)).Range())})
	}
	for k := range b.Kinds {
		if b.Kinds[k] > 0 {
			out.Kinds[bill.Kinds[k].Key] = money(b.KindMoney(bill.Kind(k)))
		}
	}
	for w := range bill.Ways {
		h := b.HourBy(bill.Way(w))
		if !h.OK {
			continue
		}
		key := bill.Ways[w].Key
		out.Hour[key] = jsonValue(unit.USDPerGPUHour, h.Range())
		out.Run[key] = money(b.RunBy(bill.Way(w)))
		for p, v := range h.Pieces {
			if v != 0 {
				if out.Pieces[key] == nil {
					out.Pieces[key] = map[string]reportValue{}
				}
				out.Pieces[key][bill.Pieces[p].Key] = jsonValue(unit.USDPerGPUHour, unit.Exact(v))
			}
		}
	}
	f := &b.Foot
	out.Footprint = billFootprint{
		Servers: jsonValue(unit.Energy, f.Servers.Range()), IT: jsonValue(unit.Energy, f.IT.Range()), Building: jsonValue(unit.Energy, f.Building.Range()),
		Carbon: jsonValue(unit.Carbon, f.Carbon.Range()), CarbonMarket: jsonValue(unit.Carbon, f.CarbonMarket.Range()), Making: jsonValue(unit.Carbon, f.Making.Range()),
		WaterSite: jsonValue(unit.Volume, f.WaterSite.Range()), WaterStations: jsonValue(unit.Volume, f.WaterStations.Range()),
		Site: jsonValue(unit.Power, f.Site), Equal: map[string]float64{},
	}
	if f.Known != nil {
		out.Footprint.Compare = f.Known.Name
	}
	if f.Cleaner != nil {
		out.Footprint.Cleaner = &billPlace{f.Cleaner.Name, jsonValue(unit.Carbon, unit.Exact(f.CleanerSaves))}
	}
	for i := range f.Equal {
		out.Footprint.Equal[f.Equal[i].Key] = f.Equal[i].Times
	}
	out.Unfiltered = b.in.RunFLOP * b.in.V[lifecycle.DataQuality]
	out.Notes = []string{}
	if start := b.term.V[bill.StartYear]; start > 0 {
		made := start + b.Days.V/365.25
		out.StartYear, out.MadeYear = &start, &made
	}
	if a != nil {
		out.ofCase(a, b, money)
	}
	j, err := json.MarshalIndent(out, "  ", "  ")
	if err != nil {
		return []byte("null")
	}
	return j
}

// JSON is the report with the whole bill under "bill" and the service in detail
// under "serving".
func (a *Answered) JSON() []byte {
	var b TheBill
	Bill(&a.In, &a.Out, &b)
	return a.Out.json(b.json(a), a.serviceJSON(&b))
}

// ofCase fills what needs the case beside its bill.
func (out *billJSON) ofCase(a *Answered, b *TheBill, money func(uncertainty.Value) reportValue) {
	var rivals Rivals
	Weigh(&a.In, &a.Out, b, &rivals)
	for i := range rivals.Costs {
		c := &rivals.Costs[i]
		if !c.Known {
			continue
		}
		w := billInstead{Key: Alternatives[i].Key, Name: c.Name(Alternative(i)), Own: c.Own, Setup: money(c.Setup), PerYear: money(c.PerYear), PerQuery: money(c.PerQuery), Total: money(c.Total), Learns: c.Learns}
		if v := rivals.API[i].Questions; v-v == 0 {
			w.BreakEven = &v
		}
		if v := rivals.RAG[i].Questions; v-v == 0 {
			w.OverRAG = &v
		}
		out.Instead = append(out.Instead, w)
	}
	out.Pipeline = a.In.Bill.Scope.Key
	if p := PurseOf(&a.In); p.Abroad {
		out.Exchanged = &billExchanged{p.Key, p.Rate.V, p.Of(b.Total).V}
	}
	work := unit.FLOP(a.Out.V[FLOPs].V)
	p := bill.Place(work, ladderYear)
	s := billStanding{More: p.More, Less: p.Less}
	if p.Above != nil {
		s.Above = p.Above.Name
	}
	if p.Below != nil {
		s.Below = p.Below.Name
	}
	out.Standing = &s
	for _, r := range bill.Reaches(work, unit.USD(b.Total.V)) {
		out.Laws = append(out.Laws, billLaw{r.Law.Key, r.Law.Name, r.Law.Status, r.Times, r.Over})
	}
	out.Notes = append(out.Notes, b.Notes(&a.In, &a.Out)...)
}
