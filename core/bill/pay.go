package bill

import (
	"flopbook/core/train"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// Way is a way of paying for accelerators.
type Way uint8

// Ways, renting first.
const (
	PayByHour     Way = iota // on demand
	PayOneYear               // committed for a year
	PayThreeYears            // committed for three
	PaySpot                  // spare capacity that can be taken back
	PayOwn                   // bought and written off
	PayAmortised             // bought, at the value that the hours use up (Epoch AI, Cottier et al. 2024)
	WayCount
)

// Ways names them: keys of the scenario, words for the reader.
var Ways = [WayCount]struct{ Key, Label, Help string }{
	PayByHour:     {"demand", "rent by the hour", "On demand, at the price per GPU-hour."},
	PayOneYear:    {"reserved1", "rent for a year", "Cheaper, and paid whether used or not."},
	PayThreeYears: {"reserved3", "rent for three years", "Cheaper still, and paid whether used or not."},
	PaySpot:       {"spot", "rent spare capacity (spot)", "Cheapest to rent; interruptions cost time."},
	PayOwn:        {"own", "own", "Chips, servers, network, storage, a place, power; written off over their life."},
	PayAmortised:  {"amortised", "own, as Epoch AI counts", "The value that the hardware loses during the run, network and electricity (Cottier et al. 2024)."},
}

// FindWay finds a way by its key.
func FindWay(key string) (Way, bool) {
	for w := range Ways {
		if Ways[w].Key == key {
			return Way(w), true
		}
	}
	return PayByHour, false
}

// Piece is a part of what an owner's GPU-hour costs.
type Piece uint8

// Pieces of an owned hour.
const (
	PieceChips Piece = iota
	PieceServers
	PieceNetwork
	PieceStorage
	PieceSpace
	PieceUpkeep
	PiecePower
	PieceResale // below zero
	PieceCount
)

// Pieces names them.
var Pieces = [PieceCount]struct{ Key, Label string }{
	PieceChips:   {"chips", "chips"},
	PieceServers: {"servers", "rest of the servers"},
	PieceNetwork: {"network", "network"},
	PieceStorage: {"storage", "storage"},
	PieceSpace:   {"space", "building or rented space"},
	PieceUpkeep:  {"upkeep", "upkeep"},
	PiecePower:   {"power", "electricity"},
	PieceResale:  {"resale", "sold at the end"},
}

// Terms is what the price of a GPU-hour rests on.
type Terms struct {
	V       [InputCount]float64
	Spread  *[InputCount]uncertainty.Spread // of each input's range
	Price   uncertainty.Value               // USD per GPU-hour on demand
	Rated   float64                         // W of a GPU with its share of server and network, at full load
	Power   uncertainty.Value               // W drawn in training
	PUE     uncertainty.Value
	KWh     uncertainty.Value // USD per kWh
	Servers float64           // that must run together
}

// Input is an input with its spread.
func (t *Terms) Input(i Input) uncertainty.Value {
	return uncertainty.Value{V: t.V[i], Spread: t.Spread[i]}
}

// An Hour is what a GPU-hour costs in one way.
type Hour struct {
	USD    float64
	Spread uncertainty.Spread
	Pieces [PieceCount]float64 // of an owned hour
	Keeps  float64             // share of rented time that moves the run on; 1 but for spot
	OK     bool                // false: nothing moves on, since interruptions come faster than restarts
}

// Range is the cost with its range.
func (h *Hour) Range() unit.Range { return h.Spread.Range(h.USD) }

// rest is the spread of one less a share, from the share's own: a small change
// of the share changes the rest by share/(1-share) as much, the other way.
func rest(share float64, s uncertainty.Spread) uncertainty.Spread {
	if share <= 0 || share >= 1 {
		return uncertainty.Spread{}
	}
	k := share / (1 - share)
	return uncertainty.Spread{Up2: s.Down2 * k * k, Down2: s.Up2 * k * k}
}

// HourOf works out a GPU-hour in one way. It allocates nothing.
//
//	committed   price · (1 - discount) / share used
//	spot        price · (1 - discount) / share of time that moves the run on (Kokolis et al. 2024)
//	own         hardware / (life · hours in use), a place, upkeep, electricity, less resale
//	amortised   value · 0.14·ln10 a year, over 1 - 0.19 for the network, and electricity
func (t *Terms) HourOf(w Way, h *Hour) {
	*h = Hour{Keeps: 1, OK: true}
	v, s := &t.V, t.Spread
	switch w {
	case PayOneYear, PayThreeYears:
		d := Discount1Y
		if w == PayThreeYears {
			d = Discount3Y
		}
		h.USD = t.Price.V * (1 - v[d]) / v[CommitUse]
		h.Spread = t.Price.Spread.And(rest(v[d], s[d])).And(s[CommitUse].Inverse())
	case PaySpot:
		h.Keeps = train.ETTR(t.Servers, v[SpotInterruptions], unit.Seconds(v[SpotRestart]), unit.Seconds(v[SpotInterval]), unit.Seconds(v[SpotWrite]))
		if h.Keeps <= 0 {
			h.Keeps, h.OK = 0, false
			return
		}
		h.USD = t.Price.V * (1 - v[SpotDiscount]) / h.Keeps
		// What is lost to interruptions moves with their number and the time to start again.
		lost := t.Servers * v[SpotInterruptions] / 86400 * (v[SpotRestart] + v[SpotInterval]/2)
		h.Spread = t.Price.Spread.And(rest(v[SpotDiscount], s[SpotDiscount])).And(rest(lost, s[SpotInterruptions].And(s[SpotRestart])).Inverse())
	case PayOwn:
		t.own(h)
	case PayAmortised:
		value := float64(DepreciatedPrice(unit.USD(v[ServerPrice]), v[ChipAge]))
		all := float64(AmortisedHour(unit.USD(value)))
		servers := all * (1 - InterconnectShare)
		h.Pieces[PieceChips] = servers * v[ChipShare]
		h.Pieces[PieceServers] = servers - h.Pieces[PieceChips]
		h.Pieces[PieceNetwork] = all - servers
		h.Pieces[PiecePower] = t.powerHour()
		hour := uncertainty.Value{V: all, Spread: s[ServerPrice]}.Plus(uncertainty.Value{V: h.Pieces[PiecePower], Spread: t.powerSpread()})
		h.USD, h.Spread = hour.V, hour.Spread
	default:
		h.USD = t.Price.V
		h.Spread = t.Price.Spread
	}
}

// powerHour is the electricity of a GPU-hour: W/1000 · PUE · $/kWh.
func (t *Terms) powerHour() float64 { return t.Power.V / 1000 * t.PUE.V * t.KWh.V }

func (t *Terms) powerSpread() uncertainty.Spread {
	return t.Power.Spread.And(t.PUE.Spread).And(t.KWh.Spread)
}

// own writes an owned hour. All but the electricity is paid for every hour of
// the life and counts on the hours in use.
func (t *Terms) own(h *Hour) {
	v := &t.V
	server := v[ServerPrice]
	network := server * v[Interconnect] / (1 - v[Interconnect])
	storage := server * v[StorageCapex]
	hardware := server + network + storage
	life := v[LifeYears] * hoursPerYear * v[FleetUse]
	year := hoursPerYear * v[FleetUse]
	p := &h.Pieces
	p[PieceChips] = server * v[ChipShare] / life
	p[PieceServers] = server * (1 - v[ChipShare]) / life
	p[PieceNetwork] = network / life
	p[PieceStorage] = storage / life
	p[PieceResale] = -v[Resale] * hardware / life
	p[PieceUpkeep] = v[Upkeep] * hardware / year
	p[PieceSpace] = v[ColoPrice] * t.Rated / 1000 * 12 / year
	space := ColoPrice
	if v[OwnBuilding] == 1 {
		p[PieceSpace] = v[BuildingPrice] * t.Rated / 1e6 / v[BuildingYears] / year
		space = BuildingPrice
	}
	p[PiecePower] = t.powerHour()

	// Causes: 0 the servers' price, 1 the share in use, 2 the life.
	s := t.Spread
	causes := uncertainty.Causes{s[ServerPrice], s[FleetUse].Inverse(), s[LifeYears].Inverse()}
	var sum uncertainty.Terms
	worn := p[PieceChips] + p[PieceServers] + p[PieceNetwork] + p[PieceStorage] + p[PieceResale]
	sum.Add(causes.Term(worn, rest(v[Resale], s[Resale]), 1|2|4))
	sum.Add(causes.Term(p[PieceUpkeep], s[Upkeep], 1|2))
	sum.Add(causes.Term(p[PieceSpace], s[space], 2))
	sum.Add(causes.Term(p[PiecePower], t.powerSpread(), 0))
	whole := sum.Value(&causes)
	h.USD, h.Spread = whole.V, whole.Spread
}

// Acquisition is what a fleet costs to buy at once, network and storage
// included: servers · (1 + i/(1-i) + storage).
func (t *Terms) Acquisition(gpus float64) unit.USD {
	i := t.V[Interconnect]
	return unit.USD(gpus * t.V[ServerPrice] * (1 + i/(1-i) + t.V[StorageCapex]))
}
