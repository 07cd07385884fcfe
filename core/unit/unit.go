// Package unit holds the quantities that Flopbook computes with: their Go
// types at exported borders, how a person writes them and how they are
// printed. Inside, values are in the base of each [Kind]; scaling happens here
// and nowhere else. Decimal (GB) and binary (GiB) bytes are told apart.
package unit

// Quantities as Go types, so that a token count cannot be passed as a byte count.
type (
	FLOP        float64 // floating-point operations, an amount
	FLOPPerSec  float64 // floating-point operations per second, a rate
	Bytes       float64 // bytes
	BytesPerSec float64 // bytes per second
	Params      float64 // model parameters
	Tokens      float64 // model tokens
	Seconds     float64 // seconds
	Days        float64 // days of 86,400 s
	GPUHours    float64 // accelerator-hours
	Watts       float64 // watts
	Joules      float64 // joules
	USD         float64 // United States dollars of the price's own date
	KgCO2e      float64 // kilograms of CO2 equivalent
	Litres      float64 // litres
)

// A Range is a value with the interval that the real figure lies in eight
// times in ten. An exact value has Lo = V = Hi.
type Range struct{ V, Lo, Hi float64 }

// Exact is a value without uncertainty.
func Exact(v float64) Range { return Range{v, v, v} }

// IsExact reports that the range has no width.
func (r Range) IsExact() bool { return r.Lo == r.Hi }

// Kind says what a number measures: its base unit and how it is written.
type Kind uint8

const (
	None           Kind = iota // a plain number
	Fraction                   // 0 to 1, printed as a percentage
	Count                      // whole things: GPUs, layers, people
	FLOPs                      // FLOP
	FLOPRate                   // FLOP/s
	FLOPPerToken               // FLOP per token
	ByteCount                  // bytes, printed in binary units (GiB)
	ByteRate                   // bytes/s, printed in decimal units (GB/s)
	BytesPerToken              // bytes per token
	BytesPerParam              // bytes per parameter
	ParamCount                 // parameters
	TokenCount                 // tokens
	TokenRate                  // tokens/s
	TokensPerParam             // tokens per parameter
	Time                       // seconds, printed in the unit that suits
	DayCount                   // days
	HourCount                  // hours
	GPUHourCount               // accelerator-hours
	Power                      // watts
	Energy                     // joules, printed in Wh, kWh, MWh
	WhPerMTok                  // watt-hours per million tokens
	Money                      // USD
	USDPerGPUHour              // USD per accelerator-hour
	USDPerMTok                 // USD per million tokens
	USDPerKWh                  // USD per kilowatt-hour
	KgPerKWh                   // kg CO2e per kilowatt-hour
	Carbon                     // kg CO2e
	Volume                     // litres
	Loss                       // nats per token
	PerDay                     // things a day
	Year                       // calendar year
	QueryEnergy                // joules of one question, reported in Wh
	QueryCarbon                // kg CO2e of one question, reported in g
	CarbonPerMTok              // kg CO2e per million tokens, reported in g
	kinds
)

// Name is the unit as the JSON report and a field's label print it; the value
// beside it in JSON is divided by JSONScale.
func (k Kind) Name() string { return table[k].name }

// JSONScale is the size of the JSON unit in the base unit of the kind:
// energy is held in joules and reported in MWh.
func (k Kind) JSONScale() float64 { return table[k].scale }

var table = [kinds]struct {
	name  string
	scale float64
}{
	None:           {"1", 1},
	Fraction:       {"1", 1},
	Count:          {"count", 1},
	FLOPs:          {"FLOP", 1},
	FLOPRate:       {"FLOP/s", 1},
	FLOPPerToken:   {"FLOP/token", 1},
	ByteCount:      {"GiB", 1 << 30},
	ByteRate:       {"GB/s", 1e9},
	BytesPerToken:  {"B/token", 1},
	BytesPerParam:  {"B/param", 1},
	ParamCount:     {"params", 1},
	TokenCount:     {"tokens", 1},
	TokenRate:      {"tokens/s", 1},
	TokensPerParam: {"tokens/param", 1},
	Time:           {"s", 1},
	DayCount:       {"days", 1},
	HourCount:      {"h", 1},
	GPUHourCount:   {"GPU-h", 1},
	Power:          {"W", 1},
	Energy:         {"MWh", 3.6e9},
	WhPerMTok:      {"Wh/Mtok", 1},
	Money:          {"USD", 1},
	USDPerGPUHour:  {"USD/GPU-h", 1},
	USDPerMTok:     {"USD/Mtok", 1},
	USDPerKWh:      {"USD/kWh", 1},
	KgPerKWh:       {"kg/kWh", 1},
	Carbon:         {"t", 1000},
	Volume:         {"L", 1},
	Loss:           {"nats/token", 1},
	PerDay:         {"per day", 1},
	Year:           {"year", 1},
	QueryEnergy:    {"Wh", 3600},
	QueryCarbon:    {"g", 1e-3},
	CarbonPerMTok:  {"g/Mtok", 1e-3},
}
