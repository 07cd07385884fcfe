package core

import (
	"math"

	"flopbook/core/bill"
	"flopbook/core/catalog"
	"flopbook/core/derivation"
	"flopbook/core/lifecycle"
	"flopbook/core/model"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// A StageBill is one stage of the bill: when, who, what it takes, what it costs.
type StageBill struct {
	On          bool
	Start, Days float64           // calendar, from the beginning of the project
	People      float64           // full time while it lasts
	GPUHours    uncertainty.Value // of accelerators, with what interruptions of spare capacity waste
	Money       float64           // USD; its range is [TheBill.StageMoney]
	Parts       [bill.KindCount]uncertainty.Value
	Energy      float64 // J, with the building's overhead; its range is [TheBill.StageEnergy]
}

// TheBill is everything that a model's making and use costs, stage by stage.
// The parts of the stages and the reserve add up to the total.
type TheBill struct {
	Work    [lifecycle.StageCount]lifecycle.Amount // what each stage takes
	Stages  [lifecycle.StageCount]StageBill
	Kinds   [bill.KindCount]float64 // USD over all stages; their ranges are [TheBill.KindMoney]
	Sum     uncertainty.Value       // of all stages
	Reserve uncertainty.Value
	Total   uncertainty.Value

	GPUHours   uncertainty.Value
	CoreHours  float64
	PersonYear uncertainty.Value // USD for a full-time year
	PersonDays float64           // of the making and the service
	Days       unit.Range        // of the making, calendar
	AllDays    float64           // with the service
	StaffDays  float64           // of the making, as far as the whole team is paid for them
	Plan       lifecycle.Plan

	Way    bill.Way
	Hour   bill.Hour  // a GPU-hour in the way that is paid
	Buy    float64    // USD to buy the fleet of the run
	Second SecondKind // the other kind of a mixed fleet

	Foot Footprint

	dealt [lifecycle.StageCount]uncertainty.Spread // how far the stage's part of the team's time may lie off, for its share alone

	lines    [lifecycle.StageCount][bill.KindCount]moved
	energy   [lifecycle.StageCount][energyParts]uncertainty.Value // J
	runHours uncertainty.Value                                    // GPU-hours of the run
	causes   uncertainty.Causes                                   // of the lines

	in   lifecycle.Inputs // what the explanations read
	term bill.Terms
}

// moved is what moves a line: its own spread, and a set of causes.
type moved struct {
	own uncertainty.Spread
	set uint32
}

// Parts of a stage's energy.
const (
	machineEnergy = iota // accelerators at the run's power
	coreEnergy           // processor cores
	apartEnergy          // accelerators of another power: a second kind, the service
	energyParts
)

// StageEnergy is what a stage draws, J with the building's overhead, with its range.
func (b *TheBill) StageEnergy(s lifecycle.Stage) uncertainty.Value {
	e := &b.energy[s]
	return e[machineEnergy].Plus(e[coreEnergy], e[apartEnergy])
}

// StageMoney is what a stage costs, USD, with its range.
func (b *TheBill) StageMoney(s lifecycle.Stage) uncertainty.Value {
	var sum uncertainty.Terms
	for k := range b.lines[s] {
		b.addLine(&sum, s, bill.Kind(k))
	}
	return sum.Value(&b.causes)
}

// HourBy is a GPU-hour paid in some way; not OK where the case cannot be.
func (b *TheBill) HourBy(w bill.Way) (h bill.Hour) {
	b.term.HourOf(w, &h)
	return h
}

// RunBy is the run paid in some way, USD.
func (b *TheBill) RunBy(w bill.Way) uncertainty.Value {
	h := b.HourBy(w)
	return uncertainty.Value{V: h.USD * b.runHours.V, Spread: b.runHours.Spread.And(h.Spread)}
}

// KindMoney is what is paid for one kind of thing over all stages, USD, with its range.
func (b *TheBill) KindMoney(k bill.Kind) uncertainty.Value {
	var sum uncertainty.Terms
	for s := range b.lines {
		b.addLine(&sum, lifecycle.Stage(s), k)
	}
	return sum.Value(&b.causes)
}

func (b *TheBill) addLine(sum *uncertainty.Terms, s lifecycle.Stage, k bill.Kind) {
	if v := b.Stages[s].Parts[k].V; v > 0 {
		sum.Add(b.causes.Term(v, b.lines[s][k].own, b.lines[s][k].set))
	}
}

// SecondKind is the second kind of accelerator of the run, if there is one.
type SecondKind struct {
	GPUs, Share, GPUHours float64 // Share of the work
	Hour                  bill.Hour
}

// A Footprint is what the bill's machines draw from the world.
type Footprint struct {
	Servers, IT, Building    uncertainty.Value // J: at the servers' plug; with network and storage; into the building
	Carbon, CarbonMarket     uncertainty.Value // kg of the electricity, by location and by contracts
	Making                   uncertainty.Value // kg, making the machines
	WaterSite, WaterStations uncertainty.Value // litres
	Site                     unit.Range        // W of the run's site
	Known                    *catalog.Site
	Cleaner                  *catalog.Grid
	CleanerSaves             float64 // kg that moving there would save
	Equal                    [bill.EquivalentCount]bill.Equivalent
}

// What lines of the bill share. The first three are those of package lifecycle.
const (
	causeRun = iota
	causeAnswer
	causeFleet
	causePrice
	causeServePrice
	causeCore
	causeStorage
	causePerson
	causeTeam
	causeTools
)

const (
	byRun        = lifecycle.ByRun
	byPrice      = 1 << causePrice
	byServePrice = 1 << causeServePrice
	byCore       = 1 << causeCore
	byStorage    = 1 << causeStorage
	byPerson     = 1 << causePerson
	byTeam       = 1 << causeTeam
	byTools      = 1 << causeTools
)

// monthDays is a month of the year's length.
const monthDays = 365.25 / 12

// Bill works out the whole bill of an estimated scenario. Days and people of
// stages that nobody gave are written into in, as the layout is. It allocates
// nothing.
func Bill(in *Resolved, rep *Report, out *TheBill) {
	*out = TheBill{Way: in.Bill.Pay}
	fillWork(in, rep, &out.in)
	lifecycle.Work(&out.in, &out.Work)
	for s := range out.Stages {
		out.Stages[s].On = in.Bill.On.Has(lifecycle.Stage(s))
	}
	payHours(in, rep, out)
	planDays(in, rep, out)
	staff(in, out)
	money(in, rep, out)
	footprint(in, rep, out)
}

func fillWork(in *Resolved, rep *Report, w *lifecycle.Inputs) {
	for d := range w.V {
		w.V[d] = in.V(scenario.DriverField(lifecycle.Driver(d)))
	}
	w.Spread = &in.Bill.Drivers
	w.On = in.Bill.On
	w.Total, w.Active = rep.Counts.Total, rep.Counts.Active[model.WithEmbeddings]
	w.Tokens = in.V(scenario.Tokens)
	w.Unique = w.Tokens
	if in.Num[scenario.Unique].Known {
		w.Unique = math.Min(w.Tokens, in.V(scenario.Unique))
	}
	w.IDBytes = 4
	if in.Arch.Vocab <= 1<<16 {
		w.IDBytes = 2
	}
	w.Peak = in.Train.Peak
	w.RunHours, w.RunFLOP, w.TokenFLOP = rep.V[GPUHours].V, rep.V[FLOPs].V, rep.FLOPsPerToken
	w.MidWork = 1
	if in.Arch.Encoder.Layers == 0 && rep.Flops.Train > 0 {
		var long model.Flops
		in.Arch.Flops(&rep.Counts, in.V(scenario.DriverField(lifecycle.MidSeq)), in.Attention, in.Layout.Recompute, &long)
		w.MidWork = long.Train / rep.Flops.Train
	}
	if rep.Known[OutPerGPU] {
		w.AnswerRate, w.CopyGPUs = rep.V[OutPerGPU].V, rep.V[ServeGPUs].V
	} else {
		w.AnswerRate = in.V(scenario.InputField(bill.DecodeShare)) * in.Train.Peak / (model.ForwardPerParam * w.Active)
		w.CopyGPUs = float64(max(in.Train.PerServer, 1))
	}
	if rep.Known[ReplicasMean] {
		w.FleetGPUs = rep.V[ReplicasMean].V * rep.V[ServeGPUs].V
	}
	w.Horizon = in.V(scenario.Horizon)
}

// payHours works out a GPU-hour in every way, and the run in each.
func payHours(in *Resolved, rep *Report, out *TheBill) {
	t := &out.term
	for i := range t.V {
		t.V[i] = in.V(scenario.InputField(bill.Input(i)))
	}
	t.Spread = &in.Bill.Inputs
	t.Price = uncertainty.Of(in.Num[scenario.Price].R)
	t.Rated = in.Train.ServerW * (1 + in.V(scenario.NetworkShare))
	t.Power, t.PUE, t.KWh = uncertainty.Of(in.Num[scenario.PowerPerGPU].R), uncertainty.Of(in.Num[scenario.PUE].R), uncertainty.Of(in.Num[scenario.KWhPrice].R)
	gpus := in.V(scenario.GPUs)
	t.Servers = math.Ceil(gpus / float64(max(in.Train.PerServer, 1)))
	out.runHours = uncertainty.Of(rep.V[GPUHours])
	if t.HourOf(out.Way, &out.Hour); !out.Hour.OK {
		out.Way = bill.PayByHour // spare capacity comes and goes faster than the run restarts
		t.HourOf(out.Way, &out.Hour)
	}
	out.Buy = float64(t.Acquisition(gpus))
	if second := in.Bill.Second; second != nil && t.V[bill.SecondGPUs] > 0 {
		kinds := [2]lifecycle.Kind{{GPUs: gpus, Rate: in.Train.Peak}, {GPUs: t.V[bill.SecondGPUs], Rate: second.Peak}}
		var share [2]float64
		if rate := lifecycle.Shares(kinds[:], share[:]); rate > 0 {
			other := *t
			other.Price, other.Power = t.Input(bill.SecondPrice), t.Input(bill.SecondPower)
			spreads := in.Bill.Inputs
			spreads[bill.ServerPrice] = t.Spread[bill.SecondServer]
			other.V[bill.ServerPrice], other.Spread = t.V[bill.SecondServer], &spreads
			other.Rated = second.ServerW * (1 + in.V(scenario.NetworkShare))
			out.Second = SecondKind{GPUs: kinds[1].GPUs, Share: share[1]}
			// The same share of peak is taken to be reached.
			out.Second.GPUHours = out.runHours.V * share[1] * in.Train.Peak / second.Peak
			other.HourOf(out.Way, &out.Second.Hour)
		}
	}
}

// runDays is how long the run takes in the calendar: as reported, or with GPUs
// that come in steps, or with a second kind beside them.
func runDays(in *Resolved, rep *Report, out *TheBill) unit.Range {
	days := rep.V[Days]
	t := &out.term
	hours := rep.V[GPUHours].V
	gpus := in.V(scenario.GPUs)
	k := 1 - out.Second.Share
	if t.V[bill.LaterGPUs] > 0 || t.V[bill.ThirdGPUs] > 0 {
		steps := [3]lifecycle.Step{{Day: 0, GPUs: gpus}}
		n := 1
		if t.V[bill.LaterGPUs] > 0 {
			steps[n] = lifecycle.Step{Day: t.V[bill.LaterDay], GPUs: t.V[bill.LaterGPUs]}
			n++
		}
		if t.V[bill.ThirdGPUs] > 0 && t.V[bill.ThirdDay] >= steps[n-1].Day {
			steps[n] = lifecycle.Step{Day: t.V[bill.ThirdDay], GPUs: t.V[bill.ThirdGPUs]}
			n++
		}
		v := lifecycle.DaysWith(hours*k, steps[:n])
		return uncertainty.Scale(days, v/days.V)
	}
	return uncertainty.Scale(days, k)
}

// assumed writes an assumption that follows from the estimate into its field.
// Words are written where they change, which is cheaper than writing them always.
func assumed(v *scenario.Value, r unit.Range, source, date, note string) {
	v.R = r
	if !v.Known || v.Origin != derivation.Assumed || v.Note != note || v.Source != source {
		v.Origin, v.Source, v.Date, v.Note, v.Known = derivation.Assumed, source, date, note, true
	}
}

func planDays(in *Resolved, rep *Report, out *TheBill) {
	var width [lifecycle.StageCount]unit.Range
	gpus := in.V(scenario.GPUs)
	for i := range width {
		s := lifecycle.Stage(i)
		v := &in.Num[scenario.DaysField(s)]
		switch {
		case v.Known && v.Origin == derivation.Given:
			width[s] = v.R
		case s == lifecycle.Pretrain:
			width[s] = runDays(in, rep, out)
			assumed(v, width[s], "", "", "what the run takes")
		case lifecycle.Stages[s].Long:
			width[s] = unit.Exact(out.in.Horizon)
			assumed(v, width[s], "", "", "as long as the model serves")
		default:
			f := stageDays()[s]
			width[s] = f.Range()
			note := f.Note
			if busy := out.Work[s].GPUHours / (24 * gpus); busy > f.V && out.Work[s].ServeHours == 0 {
				width[s] = unit.Range{V: busy, Lo: max(f.Lo, busy/2), Hi: max(f.Hi, busy*2)}
				note = "its GPU-hours on the fleet of the run"
			}
			assumed(v, width[s], f.Source, f.Date, note)
		}
	}
	lifecycle.Schedule(in.Bill.On, &width, &out.Plan)
	for i := range width {
		st := &out.Stages[i]
		st.Days, st.Start = width[i].V, out.Plan.Start[i]
	}
	out.Days = out.Plan.Made
	out.AllDays = out.Plan.All
}

// teamSpread is how far the time of the team may lie off.
func teamSpread(out *TheBill) uncertainty.Spread {
	t := &out.term
	return t.Spread[bill.Team].And(t.Spread[bill.TeamShare]).And(uncertainty.SpreadOf(out.Days))
}

// staff puts people on the stages: the team's time over the whole making,
// shared out as such teams are, unless somebody was given.
func staff(in *Resolved, out *TheBill) {
	t := &out.term
	team := t.V[bill.Team] * t.V[bill.TeamShare]
	for s := range out.Stages {
		if out.Plan.Path.Has(lifecycle.Stage(s)) {
			out.StaffDays += min(out.Stages[s].Days, t.V[bill.TeamRunDays])
		}
	}
	shares := 0.0
	for s := range out.Stages {
		if out.Stages[s].On && !lifecycle.Stages[s].Long {
			shares += in.V(scenario.StaffField(lifecycle.Stage(s)))
		}
	}
	for i := range out.Stages {
		s, st := lifecycle.Stage(i), &out.Stages[i]
		v := &in.Num[scenario.PeopleField(s)]
		if !v.Known || v.Origin != derivation.Given {
			f := &in.Num[scenario.StaffField(s)]
			people := team * f.R.V
			note := "its share of the team, as long as the model serves"
			if !lifecycle.Stages[s].Long {
				people, note = 0, "its share of the team’s time, as if all of it fell into the days of the stage"
				if st.On && st.Days > 0 && shares > 0 {
					people = team * out.StaffDays * f.R.V / shares / st.Days
				}
			}
			assumed(v, unit.Exact(people), f.Source, f.Date, note)
		}
		if st.On {
			st.People = v.R.V
			out.PersonDays += st.People * st.Days
		}
	}
	deal(in, out, shares)
	year := float64(bill.PersonYear(unit.USD(t.V[bill.Salary]), t.V[bill.Overhead], unit.USD(t.V[bill.Equity])))
	out.PersonYear = uncertainty.Value{V: year, Spread: t.Input(bill.Salary).By(t.Input(bill.Overhead)).Plus(t.Input(bill.Equity)).Spread}
}

// deal writes how far the parts of the team's time may lie off because the
// shares do. A stage's part is its share over the sum of all: it moves with its
// own share by what the others leave of the sum, and against each other one by
// that one's part.
func deal(in *Resolved, out *TheBill, shares float64) {
	var up2, down2 float64 // of the others' shares, each by its part of the sum
	for i := range in.Bill.Staff {
		out.dealt[i] = in.Bill.Staff[i]
		if part := in.V(scenario.StaffField(lifecycle.Stage(i))) / shares; out.Stages[i].On && !lifecycle.Stages[i].Long && part > 0 {
			up2 += part * part * in.Bill.Staff[i].Up2
			down2 += part * part * in.Bill.Staff[i].Down2
		}
	}
	if up2 == 0 && down2 == 0 {
		return
	}
	for i := range in.Bill.Staff {
		part := in.V(scenario.StaffField(lifecycle.Stage(i))) / shares
		if lifecycle.Stages[i].Long || !out.Stages[i].On || !(part > 0) {
			continue
		}
		s := in.Bill.Staff[i]
		rest := (1 - part) * (1 - part)
		out.dealt[i] = uncertainty.Spread{
			Up2:   rest*s.Up2 + max(0, down2-part*part*s.Down2),
			Down2: rest*s.Down2 + max(0, up2-part*part*s.Up2),
		}
	}
}

// money prices every stage and adds up.
func money(in *Resolved, rep *Report, out *TheBill) {
	t, w := &out.term, &out.in
	var c uncertainty.Causes
	c[causeRun] = uncertainty.SpreadOf(rep.V[GPUHours])
	c[causeAnswer] = uncertainty.SpreadOf(rep.V[OutPerGPU]).Inverse()
	if !rep.Known[OutPerGPU] {
		c[causeAnswer] = t.Spread[bill.DecodeShare].Inverse()
	}
	c[causeFleet] = uncertainty.SpreadOf(rep.V[ReplicasMean])
	hour := &out.Hour
	c[causePrice] = hour.Spread
	serve := in.Num[scenario.ServePrice].R
	servePrice := uint32(byServePrice)
	if out.Way == bill.PayByHour && serve == in.Num[scenario.Price].R {
		servePrice = byPrice // one price, not two
	} else {
		c[causeServePrice] = uncertainty.SpreadOf(serve)
	}
	c[causeCore] = w.Spread[lifecycle.CorePrice]
	c[causeStorage] = w.Spread[lifecycle.StoragePrice]
	c[causePerson] = out.PersonYear.Spread
	c[causeTeam] = teamSpread(out)
	c[causeTools] = w.Spread[lifecycle.ToolsPrice]
	served := uncertainty.Of(rep.V[EnergyPerDay]) // J a day of all copies, building included

	var all uncertainty.Terms
	// Hours of accelerators that draw the run's power, of the others, and of
	// cores; J of those others, a second kind and the service.
	var drawn, others, cores uncertainty.Terms
	var aparts [lifecycle.StageCount + 2]uncertainty.Value // energies of machines that draw otherwise, J
	apartCount := 0
	staffed, tooled := 0.0, 0.0 // USD of people and of their tools, where the team's time is dealt to the stages as assumed
	year := out.PersonYear.V
	for i := range out.Stages {
		st := &out.Stages[i]
		if !st.On {
			continue
		}
		a := &out.Work[i]
		put := func(k bill.Kind, v float64, own uncertainty.Spread, set uint32) {
			st.Parts[k] = uncertainty.Value{V: v, Spread: own.And(c.Of(set))}
			out.lines[i][k] = moved{own, set}
			st.Money += v
			out.Kinds[k] += v
		}
		add := func(k bill.Kind, v float64, own uncertainty.Spread, set uint32) {
			if v > 0 {
				put(k, v, own, set)
				all.Add(c.Term(v, own, set))
			}
		}
		train := a.GPUHours - a.ServeHours
		switch s := lifecycle.Stage(i); s {
		case lifecycle.Pretrain:
			first := train * (1 - out.Second.Share)
			own := a.GPUSpread
			if out.Second.GPUHours > 0 {
				both := uncertainty.Value{V: first * hour.USD, Spread: hour.Spread}.Plus(uncertainty.Value{V: out.Second.GPUHours * out.Second.Hour.USD, Spread: out.Second.Hour.Spread})
				add(bill.ForCompute, both.V, both.Spread, byRun)
				train = first + out.Second.GPUHours
			} else {
				add(bill.ForCompute, train*hour.USD, own, byRun|byPrice)
			}
			add(bill.ForLost, a.GPUHours*w.V[lifecycle.FailedShare]*hour.USD, w.Spread[lifecycle.FailedShare], byRun|byPrice)
		case lifecycle.Monitor:
			add(bill.ForTools, rep.V[OpsPerDay].V*w.Horizon, uncertainty.SpreadOf(rep.V[OpsPerDay]), 0)
		default:
			add(bill.ForCompute, train*hour.USD, a.GPUSpread, a.Causes|byPrice)
			if a.ServeHours > 0 {
				add(bill.ForCompute, a.ServeHours*serve.V, a.GPUSpread, a.Causes|servePrice)
			}
		}
		add(bill.ForCores, a.CoreHours*w.V[lifecycle.CorePrice], a.CoreSpread, byCore)
		if a.MovedTB > 0 {
			// Moved once, stored for months: two terms of one line.
			both := uncertainty.Value{V: a.StoredTB * w.V[lifecycle.StoragePrice], Spread: a.StoreSpread.And(c[causeStorage])}.Plus(
				uncertainty.Value{V: a.MovedTB * w.V[lifecycle.TransferPrice], Spread: a.CoreSpread.And(w.Spread[lifecycle.TransferPrice])})
			add(bill.ForStorage, both.V, both.Spread, 0)
		} else {
			add(bill.ForStorage, a.StoredTB*w.V[lifecycle.StoragePrice], a.StoreSpread, byStorage)
		}
		add(bill.ForBought, a.Bought, a.BoughtSpread, 0)
		if days := st.People * st.Days; days > 0 {
			own, set := out.dealt[i], uint32(byTeam)
			if v := &in.Num[scenario.PeopleField(lifecycle.Stage(i))]; v.Origin == derivation.Given {
				own, set = uncertainty.SpreadOf(v.R), 0
			}
			people, tools := days/365*year, days/monthDays*w.V[lifecycle.ToolsPrice]
			if lifecycle.Stage(i) == lifecycle.Monitor {
				tools = 0 // counted above
			}
			if set == byTeam && own == (uncertainty.Spread{}) { // all alike: added up first
				staffed, tooled = staffed+people, tooled+tools
				put(bill.ForPeople, people, own, set|byPerson)
				if tools > 0 {
					put(bill.ForTools, tools, own, set|byTools)
				}
			} else {
				add(bill.ForPeople, people, own, set|byPerson)
				add(bill.ForTools, tools, own, set|byTools)
			}
		}

		// Hours and energy, with what interruptions and failed runs waste.
		rented := train / hour.Keeps
		if lifecycle.Stage(i) == lifecycle.Pretrain {
			rented += a.GPUHours * w.V[lifecycle.FailedShare] / hour.Keeps
		}
		used := rented + a.ServeHours
		st.GPUHours = uncertainty.Value{V: used, Spread: a.GPUSpread.And(c.Of(a.Causes))}
		out.CoreHours += a.CoreHours
		if used > 0 {
			line := c.Term(used, a.GPUSpread, a.Causes)
			atPower, apart := rented, &out.energy[i][apartEnergy]
			if a.ServeHours > 0 && w.FleetGPUs > 0 {
				share := a.ServeHours / 24 / w.FleetGPUs // days of the whole fleet
				*apart = uncertainty.Value{V: served.V * share, Spread: served.Spread.And(a.GPUSpread)}
			} else {
				atPower += a.ServeHours
			}
			if second := out.Second.GPUHours / hour.Keeps; second > 0 && lifecycle.Stage(i) == lifecycle.Pretrain {
				atPower -= second
				*apart = uncertainty.Value{V: second * 3600, Spread: st.GPUHours.Spread}.By(t.Input(bill.SecondPower)).By(t.PUE)
			}
			drawn.Add(line.Times(atPower / used))
			if used > atPower {
				others.Add(line.Times(1 - atPower/used))
				aparts[apartCount] = *apart
				apartCount++
			}
			out.energy[i][machineEnergy] = uncertainty.Value{V: atPower * 3600, Spread: st.GPUHours.Spread}.By(t.Power).By(t.PUE)
		}
		if a.CoreHours > 0 {
			cores.Add(c.Term(a.CoreHours, a.CoreSpread, 0))
			out.energy[i][coreEnergy] = uncertainty.Value{V: a.CoreHours * 3600, Spread: a.CoreSpread}.By(t.Input(bill.CorePower)).By(t.PUE)
		}
		for k := range out.energy[i] {
			st.Energy += out.energy[i][k].V
		}
	}
	all.Add(c.Term(staffed, uncertainty.Spread{}, byTeam|byPerson))
	all.Add(c.Term(tooled, uncertainty.Spread{}, byTeam|byTools))
	out.causes = c
	out.Sum = all.Value(&c)
	out.Reserve = out.Sum.By(uncertainty.Value{V: t.V[bill.Contingency], Spread: t.Spread[bill.Contingency]})
	whole := in.Num[scenario.InputField(bill.Contingency)].R
	out.Total = out.Sum.By(uncertainty.Of(unit.Range{V: 1 + whole.V, Lo: 1 + whole.Lo, Hi: 1 + whole.Hi}))
	hours := drawn
	hours.AddAll(&others)
	out.GPUHours = hours.Value(&c)
	machines, processors := drawn.Value(&c).Times(3600).By(t.Power).By(t.PUE), cores.Value(&c).Times(3600).By(t.Input(bill.CorePower)).By(t.PUE)
	aparts[apartCount], aparts[apartCount+1] = machines, processors
	out.Foot.Building = uncertainty.Value{}.Plus(aparts[:apartCount+2]...)
}

// footprint follows from the energy of the bill.
func footprint(in *Resolved, rep *Report, out *TheBill) {
	t, f := &out.term, &out.Foot
	pue := t.PUE.V
	f.IT = f.Building.Times(1 / pue)
	net := in.V(scenario.NetworkShare)
	if in.Num[scenario.PowerPerGPU].Origin == derivation.Given {
		net = 0 // as given, network or not
	}
	f.Servers = f.IT.Times(1 / (1 + net))
	f.Carbon = f.Building.Times(1 / 3.6e6).By(uncertainty.Of(in.Num[scenario.Intensity].R))
	f.CarbonMarket = f.Carbon.Times(1 - t.V[bill.GreenShare])
	f.Making = uncertainty.Value{
		V:      float64(bill.Making(unit.GPUHours(out.GPUHours.V), unit.KgCO2e(t.V[bill.EmbodiedGPU]), t.V[bill.EmbodiedYears], t.V[bill.EmbodiedUse])),
		Spread: out.GPUHours.Spread.And(t.Spread[bill.EmbodiedGPU]).And(t.Spread[bill.EmbodiedYears].Inverse()).And(t.Spread[bill.EmbodiedUse].Inverse()),
	}
	f.WaterSite = f.IT.Times(1 / 3.6e6).By(t.Input(bill.WUE))
	f.WaterStations = f.IT.Times(pue / 3.6e6).By(t.Input(bill.GridWater))
	f.Site = rep.V[AveragePower]
	f.Known = bill.Plausible(unit.Watts(f.Site.V))
	f.Cleaner = bill.Cleaner(in.Grid)
	if f.Cleaner != nil && in.Num[scenario.Intensity].Origin != derivation.Given {
		f.CleanerSaves = f.Building.V / 3.6e6 * (in.V(scenario.Intensity) - f.Cleaner.Carbon.V)
	} else {
		f.Cleaner = nil
	}
	bill.Equivalents(unit.Joules(f.Building.V), unit.KgCO2e(f.Carbon.V), unit.Litres(f.WaterSite.V+f.WaterStations.V), &f.Equal)
}
