package bill

// Kind is what money goes for.
type Kind uint8

// Kinds of money, the largest usually first.
const (
	ForCompute Kind = iota // accelerators
	ForLost                // runs begun and given up
	ForPeople              // the team
	ForBought              // licences, work of annotators and testers
	ForCores               // processors
	ForStorage             // storage and transfer
	ForTools               // software and monitoring
	KindCount
)

// Kinds names them.
var Kinds = [KindCount]struct{ Key, Label string }{
	ForCompute: {"compute", "accelerators"},
	ForLost:    {"lost", "runs given up"},
	ForPeople:  {"people", "people"},
	ForBought:  {"bought", "licences and bought work"},
	ForCores:   {"cores", "processors"},
	ForStorage: {"storage", "storage and transfer"},
	ForTools:   {"tools", "tools and monitoring"},
}
