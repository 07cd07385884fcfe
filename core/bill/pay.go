package bill

import (
	"math"

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
	R       [InputCount]unit.Range
	Price   unit.Range // USD per GPU-hour on demand
	Rated   float64    // W of a GPU with its share of server and network, at full load
	Power   unit.Range // W drawn in training
	PUE     unit.Range
	KWh     unit.Range // USD per kWh
	Servers float64    // that must run together
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

// rest is the range of one less a share.
func rest(r unit.Range) unit.Range { return unit.Range{V: 1 - r.V, Lo: 1 - r.Hi, Hi: 1 - r.Lo} }

// HourOf works out a GPU-hour in one way. It allocates nothing.
//
//	committed   price · (1 - discount) / share used
//	spot        price · (1 - discount) / share of time that moves the run on (Kokolis et al. 2024)
//	own         hardware / (life · hours in use), a place, upkeep, electricity, less resale
//	amortised   value · 0.14·ln10 a year, over 1 - 0.19 for the network, and electricity
func (t *Terms) HourOf(w Way, h *Hour) {
	*h = Hour{Keeps: 1, OK: true}
	v := &t.V
	var s uncertainty.Acc
	switch w {
	case PayOneYear, PayThreeYears:
		d := Discount1Y
		if w == PayThreeYears {
			d = Discount3Y
		}
		h.USD = t.Price.V * (1 - v[d]) / v[CommitUse]
		s.Mul(t.Price)
		s.Mul(rest(t.R[d]))
		s.Div(t.R[CommitUse])
		h.Spread = uncertainty.Spread{Up2: s.Up2, Down2: s.Down2}
	case PaySpot:
		h.Keeps = train.ETTR(t.Servers, v[SpotInterruptions], unit.Seconds(v[SpotRestart]), unit.Seconds(v[SpotInterval]), unit.Seconds(v[SpotWrite]))
		if h.Keeps <= 0 {
			h.Keeps, h.OK = 0, false
			return
		}
		h.USD = t.Price.V * (1 - v[SpotDiscount]) / h.Keeps
		s.Mul(t.Price)
		s.Mul(rest(t.R[SpotDiscount]))
		// Fewer or more interruptions move what is lost; the ends are worked out, not guessed.
		lost := func(rate, wait float64) float64 {
			return math.Max(0.01, train.ETTR(t.Servers, rate, unit.Seconds(wait), unit.Seconds(v[SpotInterval]), unit.Seconds(v[SpotWrite])))
		}
		s.Div(unit.Range{V: h.Keeps, Lo: math.Min(h.Keeps, lost(t.R[SpotInterruptions].Hi, t.R[SpotRestart].Hi)), Hi: math.Max(h.Keeps, lost(t.R[SpotInterruptions].Lo, t.R[SpotRestart].Lo))})
		h.Spread = uncertainty.Spread{Up2: s.Up2, Down2: s.Down2}
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
		var sum uncertainty.Terms
		sum.Add(all, uncertainty.SpreadOf(t.R[ServerPrice]), 0)
		sum.Add(h.Pieces[PiecePower], t.powerSpread(), 0)
		h.USD, h.Spread = sum.V, sum.Spread()
	default:
		h.USD = t.Price.V
		h.Spread = uncertainty.SpreadOf(t.Price)
	}
}

// powerHour is the electricity of a GPU-hour: W/1000 · PUE · $/kWh.
func (t *Terms) powerHour() float64 { return t.Power.V / 1000 * t.PUE.V * t.KWh.V }

func (t *Terms) powerSpread() uncertainty.Spread {
	return uncertainty.SpreadOf(t.Power).And(uncertainty.SpreadOf(t.PUE)).And(uncertainty.SpreadOf(t.KWh))
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

	use := uncertainty.SpreadOf(t.R[FleetUse]).Inverse()
	price := uncertainty.SpreadOf(t.R[ServerPrice])
	// Causes: 0 the servers' price, 1 the share in use, 2 the life.
	causes := uncertainty.Causes{price, use, uncertainty.SpreadOf(t.R[LifeYears]).Inverse()}
	var sum uncertainty.Terms
	worn := p[PieceChips] + p[PieceServers] + p[PieceNetwork] + p[PieceStorage] + p[PieceResale]
	sum.Add(worn, uncertainty.SpreadOf(rest(t.R[Resale])), 1|2|4)
	sum.Add(p[PieceUpkeep], uncertainty.SpreadOf(t.R[Upkeep]), 1|2)
	sum.Add(p[PieceSpace], uncertainty.SpreadOf(t.R[space]), 2)
	sum.Add(p[PiecePower], t.powerSpread(), 0)
	h.USD = sum.V
	h.Spread = uncertainty.SpreadOf(sum.Range(&causes))
}

// Acquisition is what a fleet costs to buy at once, network and storage
// included: servers · (1 + i/(1-i) + storage).
func (t *Terms) Acquisition(gpus float64) unit.USD {
	i := t.V[Interconnect]
	return unit.USD(gpus * t.V[ServerPrice] * (1 + i/(1-i) + t.V[StorageCapex]))
}
