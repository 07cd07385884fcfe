package scenario

import (
	"sync"

	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/lifecycle"
	"flopbook/core/model"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// Bill is what a resolved scenario says of the bill beside its fields: which
// stages are part of it, how GPUs are paid, and the spreads of the fields'
// ranges, worked out once.
type Bill struct {
	On       lifecycle.Set
	Scope    *lifecycle.Scope // the kind of bill in force
	Pay      bill.Way
	Dated    bool     // the rental price is that of the year asked for
	Currency string   // key of the currency that the bill is also shown in, empty for none
	Second   *Machine // nil for one kind of accelerator

	Drivers [lifecycle.DriverCount]uncertainty.Spread
	Inputs  [bill.InputCount]uncertainty.Spread
	Staff   [lifecycle.StageCount]uncertainty.Spread
}

// billDefaults are the catalogue's figures for the fields of the bill, nil
// where a default is worked out from the case.
var billDefaults = sync.OnceValue(func() *[NumCount]*Value {
	var out [NumCount]*Value
	put := func(n Num, name string) {
		if v, ok := catalog.BillFigure(name); ok {
			out[n] = &Value{R: v.Range(), Origin: derivation.Assumed, Source: v.Source, Date: v.Date, Note: v.Note, Known: true}
		}
	}
	for d := range lifecycle.Drivers {
		put(DriverField(lifecycle.Driver(d)), lifecycle.Drivers[d].Key)
	}
	for i := range bill.Inputs {
		put(InputField(bill.Input(i)), bill.Inputs[i].Key)
	}
	for s := range lifecycle.Stages {
		put(StaffField(lifecycle.Stage(s)), "staff_"+lifecycle.Stages[s].Key)
	}
	for _, d := range boughtWork {
		v := out[DriverField(d)]
		v.Note = "in proportion to the team, for one of 25 people: " + v.Note
	}
	return &out
})

// boughtWork is work of people outside, which small projects buy less of. The
// catalogue's figures are those of a team as large as GPT-3's, of 25.
var boughtWork = [...]lifecycle.Driver{lifecycle.Preferences, lifecycle.Demonstrations, lifecycle.RedTeamHours}

const usualTeam = 25

// driverSpreads are the spreads of the catalogue's ranges.
var driverSpreads = sync.OnceValue(func() *[lifecycle.DriverCount]uncertainty.Spread {
	var out [lifecycle.DriverCount]uncertainty.Spread
	for d := range lifecycle.Drivers {
		if v, ok := catalog.BillFigure(lifecycle.Drivers[d].Key); ok {
			out[d] = uncertainty.SpreadOf(v.Range())
		}
	}
	return &out
})

// resolveBill fills in the fields of the bill. Days and people of the stages
// follow from the estimate and are written by it.
func (r *Resolved) resolveBill(s *Scenario) (problems []*unit.Problem) {
	defaults := billDefaults()
	r.Bill.Drivers = *driverSpreads()
	for n := firstDriver; n < firstOn; n++ {
		if s.Num[n].Set {
			r.Bill.Drivers[n-firstDriver] = uncertainty.SpreadOf(s.Num[n].R)
		} else {
			r.Num[n] = *defaults[n]
		}
	}
	for n := firstStaff; n < NumCount; n++ {
		if v := defaults[n]; v != nil && !s.Num[n].Set {
			r.Num[n] = *v
		}
	}
	if n := DriverField(lifecycle.BytesPerToken); r.Arch.Encoder.Layers > 0 && !s.Num[n].Set {
		// 30 s of 16-bit sound at 16 kHz go with the text of one window.
		r.Num[n] = Value{R: unit.Exact(30 * 16000 * 2 / r.V(Seq)), Origin: derivation.Assumed, Source: "whisper-2022", Date: "2022", Note: "30 seconds of sound, 16 kHz and 16 bits, for the text of one window", Known: true}
		r.Bill.Drivers[lifecycle.BytesPerToken] = uncertainty.Spread{}
	}
	key := s.Chosen(Pipeline)
	if key == "auto" {
		switch key = "chat"; {
		case r.Recipe.Frozen > 0:
			key = "run" // adapters on a model that exists
		case r.Arch.Encoder.Layers > 0:
			key = "base" // nobody chats with a transcriber
		}
	}
	scope, ok := lifecycle.FindScope(key)
	if !ok {
		scope = &lifecycle.Scopes[0]
	}
	r.Bill.Scope = scope
	for i := range lifecycle.Stages {
		st := lifecycle.Stage(i)
		n := StageField(st)
		if !s.Num[n].Set {
			v := 0.0
			if scope.Stages.Has(st) {
				v = 1
			}
			r.Num[n] = Value{R: unit.Exact(v), Origin: derivation.Assumed, Note: "as the kind of bill has it", Known: true}
		}
		if r.V(n) == 1 {
			r.Bill.On |= 1 << st
		}
	}
	r.Bill.Pay, _ = bill.FindWay(s.Chosen(Pay))
	r.resolveTeam()
	for _, d := range boughtWork {
		if n := DriverField(d); !s.Num[n].Set {
			r.Num[n].R = uncertainty.Scale(r.Num[n].R, r.V(InputField(bill.Team))/usualTeam)
		}
	}
	r.resolveOwning(s)
	r.resolveFootprint()
	r.resolveCurrency(s)
	problems = r.resolveCapacity(s)
	for i := range r.Bill.Inputs {
		r.Bill.Inputs[i] = uncertainty.SpreadOf(r.Num[InputField(bill.Input(i))].R)
	}
	for i := range r.Bill.Staff {
		r.Bill.Staff[i] = uncertainty.SpreadOf(r.Num[StaffField(lifecycle.Stage(i))].R)
	}
	return problems
}

// assumeInput fills an input of the bill that nobody gave.
func (r *Resolved) assumeInput(i bill.Input, v unit.Range, source, date, note string) {
	r.assume(InputField(i), v, source, date, note)
}

func (r *Resolved) resolveTeam() {
	var c model.Counts
	r.Arch.Count(&c)
	work := model.TrainPerParam * c.Active[model.WithEmbeddings] * r.V(Tokens)
	r.assumeInput(bill.Team, bill.Contributors(unit.FLOP(work)), "epoch-development-cost", "2025", "by training compute, through GPT-3, OPT, GPT-4 and Gemini Ultra")
}

// serverPrice is what a GPU with its share of the server costs to buy.
func serverPrice(m *Machine, rent unit.Range) (v unit.Range, source, date, note string) {
	if a := m.Acc; a != nil {
		switch {
		case a.ServerPrice.Known:
			return a.ServerPrice.Range(), a.ServerPrice.Source, a.ServerPrice.Date, a.ServerPrice.Note
		case a.CardPrice.Known:
			k := constant("server_overhead_other")
			return uncertainty.Times(a.CardPrice.Range(), k.Range()), a.CardPrice.Source, a.CardPrice.Date, "the card's price times a usual server's share"
		}
	}
	// Sellers ask what brings the price back.
	return uncertainty.Scale(rent, 3*8766*0.7*0.6), "flopbook-assumption", "2026", "no price known: three years of rent, 70 % in use, 60 % of it for the hardware"
}

func (r *Resolved) resolveOwning(s *Scenario) {
	price, source, date, note := serverPrice(&r.Train, r.Num[Price].R)
	r.assumeInput(bill.ServerPrice, price, source, date, note)
	if n := InputField(bill.PriceYear); r.Given(n) && !s.Num[Price].Set && r.Train.Acc != nil {
		v := bill.PriceIn(catalog.RentalPrices(r.Train.Acc.Key), r.V(n))
		if v.Known {
			r.Bill.Dated = true
			r.Num[Price] = Value{R: v.R, Origin: derivation.Assumed, Source: v.Source, Date: v.Date, Note: v.Note, Known: true}
			if !s.Num[ServePrice].Set && s.Chosen(ServeAccelerator) == "same" {
				r.Num[ServePrice] = r.Num[Price]
			}
		}
	}
}

// resolveCurrency fills the rate of the currency that the bill is also shown in.
func (r *Resolved) resolveCurrency(s *Scenario) {
	if rate, ok := catalog.BillFigure("exchange_" + s.Chosen(Currency)); ok {
		r.Bill.Currency = s.Chosen(Currency)
		r.assumeInput(bill.Exchange, rate.Range(), rate.Source, rate.Date, rate.Note)
	}
}

func (r *Resolved) resolveFootprint() {
	wue := catalog.WUE("neocloud")
	if r.Train.Acc != nil && r.Train.Family == "TPU" {
		wue = catalog.WUE("google")
	}
	r.assumeInput(bill.WUE, wue.Range(), wue.Source, wue.Date, wue.Note)
	if g := r.Grid; g != nil && g.Water.Known {
		r.assumeInput(bill.GridWater, g.Water.Range(), g.Water.Source, g.Water.Date, g.Name)
	}
	water := constant("water_us_grid_li")
	r.assumeInput(bill.GridWater, water.Range(), water.Source, water.Date, "no figure for this place: the US average")
	made := constant("embodied_unknown")
	if a := r.Train.Acc; a != nil && a.Embodied.Known {
		made = &a.Embodied
	}
	r.assumeInput(bill.EmbodiedGPU, made.Range(), made.Source, made.Date, made.Note)
}

func (r *Resolved) resolveCapacity(s *Scenario) (problems []*unit.Problem) {
	if key := s.Chosen(SecondAccelerator); key != "none" {
		acc, p := catalog.Find(key)
		if p != nil {
			return append(problems, p)
		}
		m, _ := machineOf(acc, r.Precision)
		r.Bill.Second = &m
		rent := rental(&m)
		r.assumeInput(bill.SecondPrice, rent, rentalSource(&m), rentalDate(&m), rentalNote(&m))
		server, source, date, note := serverPrice(&m, rent)
		r.assumeInput(bill.SecondServer, server, source, date, note)
		share := acc.TrainFraction()
		r.assumeInput(bill.SecondPower, powerOf(&m, share.Range(), r.Num[NetworkShare].R), share.Source, share.Date, "server rating times the share drawn in training, and the network")
		r.assumeInput(bill.SecondGPUs, unit.Exact(float64(max(m.PerServer, 1))), "", "", "one server")
	}
	return problems
}
