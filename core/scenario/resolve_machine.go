package scenario

import (
	"strings"

	"flopbook/core/catalog"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

func acceleratorKey(name string) (string, *unit.Problem) {
	a, p := catalog.Find(name)
	if p != nil {
		return "", p
	}
	return a.Key, nil
}

func gridKey(name string) (string, *unit.Problem) {
	g, p := catalog.FindGrid(name)
	if p != nil {
		return "", p
	}
	return strings.ToLower(g.ID), nil
}

// constant is a named constant of the catalogue, which is known to hold it.
func constant(name string) *catalog.Value {
	v, ok := catalog.Default(name)
	if !ok {
		return &catalog.Value{}
	}
	return v
}

func (r *Resolved) resolveMachine(s *Scenario) (problems []*unit.Problem) {
	prec, p := catalog.ParsePrecision(s.Chosen(Precision))
	if p != nil {
		problems = append(problems, p)
	}
	r.Precision, r.PrecisionName = prec, strings.ToUpper(prec.String())
	key := s.Chosen(Accelerator)
	if key == "own" {
		r.Train = r.ownMachine(s)
		r.PeakKnown = true
	} else {
		acc, p := catalog.Find(key)
		if p != nil {
			problems = append(problems, p)
			acc, _ = catalog.Find(Choices[Accelerator].Default)
		}
		r.Train, r.PeakKnown = machineOf(acc, prec)
		if !r.PeakKnown && prec == catalog.BF16 { // older cards train in FP16 alike
			r.PeakKnown = true
		}
	}
	var serveAcc *catalog.Accelerator
	switch key := s.Chosen(ServeAccelerator); key {
	case "same":
		serveAcc = r.Train.Acc
	case "own":
	default:
		acc, p := catalog.Find(key)
		if p != nil {
			problems = append(problems, p)
			acc, _ = catalog.Find(Choices[Accelerator].Default)
		}
		serveAcc = acc
	}
	servePrec := r.serveFormat(s.Chosen(ServePrecision), serveAcc)
	if serveAcc != nil {
		r.Serve, _ = machineOf(serveAcc, servePrec)
	} else {
		r.Serve = r.ownMachine(s)
	}
	return problems
}

// machineOf reads an accelerator's figures; known is false when it lacks the
// precision and another one's speed stands in.
func machineOf(a *catalog.Accelerator, p catalog.Precision) (m Machine, known bool) {
	peak, got := a.PeakFor(p)
	m = Machine{Acc: a, Name: a.Name, Family: a.Family, Peak: peak.V, Memory: a.Memory.V, Bandwidth: a.Bandwidth.V,
		Link: a.Link.Or(0), Domain: a.Domain(), Source: peak.Source, Date: peak.Date}
	// What is rented together: a server, not a rack-wide or pod-wide link domain.
	m.PerServer = min(m.Domain, 8)
	if m.PerServer > 4 {
		m.PerServer = 8
	}
	m.Mach, m.Runs = stepMachine(a, p)
	m.TPDomain = min(int(m.Mach.Domain), 72)
	switch {
	case a.ServerPower.Known:
		m.ServerW, m.PowerSource, m.PowerNote = a.ServerPower.V, a.ServerPower.Source, a.ServerPower.Note
	case a.Power.Known:
		f := constant("server_power_factor")
		if a.Family == "TPU" {
			f = constant("server_power_factor_tpu")
		}
		if a.Kind == "soc" {
			f = &catalog.Value{V: 1, Source: a.Power.Source}
		}
		m.ServerW, m.PowerSource, m.PowerNote = a.Power.V*f.V, f.Source, "chip power times a usual server's share"
	default:
		f := constant("server_power_factor")
		m.ServerW, m.PowerSource, m.PowerNote = 700*f.V, f.Source, "power is not published; a 700 W chip stands in"
	}
	return m, got == p
}

func (r *Resolved) ownMachine(s *Scenario) Machine {
	r.assume(OwnPeak, unit.Exact(989e12), "", "", "as an H100")
	r.assume(OwnMemory, unit.Exact(80*(1<<30)), "", "", "as an H100")
	r.assume(OwnBandwidth, unit.Exact(3.35e12), "", "", "as an H100")
	r.assume(OwnPower, unit.Exact(700), "", "", "as an H100")
	r.assume(OwnLink, unit.Exact(450e9), "", "", "as an H100")
	r.assume(OwnNetwork, unit.Exact(50e9), "", "", "as an H100")
	name := string(s.Own)
	if name == "" {
		name = "own accelerator"
	}
	f := constant("server_power_factor")
	return Machine{Name: name, Peak: r.V(OwnPeak), Memory: r.V(OwnMemory), Bandwidth: r.V(OwnBandwidth), Link: r.V(OwnLink),
		Mach: r.ownStepMachine(), Runs: r.Precision, Domain: 8, PerServer: 8, TPDomain: 8, ServerW: r.V(OwnPower) * f.V, PowerSource: f.Source, PowerNote: "chip power times a usual server's share"}
}

func (r *Resolved) assumeValue(n Num, v *catalog.Value, note string) {
	if note == "" {
		note = v.Note
	}
	r.assume(n, v.Range(), v.Source, v.Date, note)
}

func (r *Resolved) resolvePlace(s *Scenario) {
	g, p := catalog.FindGrid(s.Chosen(Grid))
	if p != nil {
		g, _ = catalog.FindGrid("WORLD")
	}
	r.Grid = g
	r.assumeValue(Intensity, &g.Carbon, g.Name+", "+g.School.String())
	if g.Price.Known {
		r.assumeValue(KWhPrice, &g.Price, g.Name)
	} else {
		r.assumeValue(KWhPrice, constant("electricity_world_business"), "world average for business")
	}
	pue := catalog.PUE("neocloud")
	if r.Train.Acc != nil && r.Train.Family == "TPU" {
		pue = catalog.PUE("google")
	}
	if r.Train.Acc != nil && (r.Train.Acc.Kind == "soc" || strings.Contains(strings.ToLower(r.Train.Acc.Form), "consumer")) {
		pue = catalog.PUE("home")
	}
	r.assumeValue(PUE, pue, "")

	share := r.Train.Acc.TrainFraction()
	r.assumeValue(PowerShare, share, "")
	r.assumeValue(NetworkShare, constant("network_power_share"), "")
	v := &r.Num[PowerShare]
	r.assume(PowerPerGPU, powerOf(&r.Train, v.R, r.Num[NetworkShare].R), v.Source, v.Date, "server rating times the share drawn in training, and the network")

	r.assume(Price, rental(&r.Train), rentalSource(&r.Train), rentalDate(&r.Train), rentalNote(&r.Train))
}

// powerOf is what a GPU draws while training: its server's rating, times the
// share drawn, times one and the network's share.
func powerOf(m *Machine, share, network unit.Range) unit.Range {
	return uncertainty.Scale(uncertainty.Times(share, unit.Range{V: 1 + network.V, Lo: 1 + network.Lo, Hi: 1 + network.Hi}), m.ServerW)
}

// rental is the price of an accelerator-hour, from the catalogue or from
// writing off a server over five years where nobody rents it.
func rental(m *Machine) unit.Range {
	if m.Acc != nil && m.Acc.Rental.Known {
		return m.Acc.Rental.Range()
	}
	if m.Acc != nil {
		own := m.Acc.ServerPrice
		if !own.Known {
			own = m.Acc.CardPrice
		}
		if own.Known {
			hour := own.V / (5 * 8766)
			return unit.Range{V: hour * 1.5, Lo: hour, Hi: hour * 3}
		}
	}
	return unit.Range{V: 2.5, Lo: 1.5, Hi: 7}
}

func rentalSource(m *Machine) string {
	if m.Acc != nil && m.Acc.Rental.Known {
		return m.Acc.Rental.Source
	}
	return "flopbook-assumption"
}

func rentalDate(m *Machine) string {
	if m.Acc != nil && m.Acc.Rental.Known {
		return m.Acc.Rental.Date
	}
	return ""
}

func rentalNote(m *Machine) string {
	switch {
	case m.Acc != nil && m.Acc.Rental.Known:
		return m.Acc.Rental.Note
	case m.Acc != nil && (m.Acc.ServerPrice.Known || m.Acc.CardPrice.Known):
		return "not rented widely: its price written off over five years, half as much again for power and upkeep"
	}
	return "no price known: as an H100's"
}
