package bill

import (
	"flopbook/core/lifecycle"
	"flopbook/core/unit"
)

// Input is an assumption of the bill that belongs to no single stage.
type Input uint8

// Inputs: people; ways of paying; owning; time; the footprint.
const (
	Team Input = iota
	TeamShare
	Salary
	Overhead
	Equity
	TeamRunDays
	Contingency
	Discount1Y
	Discount3Y
	CommitUse
	SpotDiscount
	SpotInterruptions
	SpotInterval
	SpotWrite
	SpotRestart
	ServerPrice
	ChipShare
	Interconnect
	StorageCapex
	LifeYears
	Resale
	FleetUse
	Upkeep
	ColoPrice
	OwnBuilding
	BuildingPrice
	BuildingYears
	ChipAge
	PriceYear
	StartYear
	LaterGPUs
	LaterDay
	ThirdGPUs
	ThirdDay
	SecondGPUs
	SecondPrice
	SecondServer
	SecondPower
	WUE
	GridWater
	EmbodiedGPU
	EmbodiedYears
	EmbodiedUse
	GreenShare
	CorePower
	DecodeShare
	TuneExamples
	TuneLength
	TuneEpochs
	TunePrice
	TunesPerYear
	QLoRASlow
	PromptTokens
	CorpusTokens
	ChunkTokens
	Chunks
	EmbedPrice
	VectorDim
	VectorOverhead
	VectorPrice
	RetrievalPrice
	Exchange
	InputCount
)

func field(key, name string, kind unit.Kind, min, max float64, example, symbol, help string) lifecycle.Field {
	return lifecycle.Field{Field: unit.Field{Name: name, Key: key, Kind: kind, Min: min, Max: max, Example: example}, Symbol: symbol, Help: help}
}

func whole(key, name string, min, max float64, example, symbol, help string) lifecycle.Field {
	f := field(key, name, unit.Count, min, max, example, symbol, help)
	f.Whole = true
	return f
}

// Inputs describes every input, indexed by Input.
var Inputs = [InputCount]lifecycle.Field{
	Team:              field("team", "People who contribute", unit.Count, 0, 1e6, "25", "n_t", "Everyone who would be named as a contributor."),
	TeamShare:         field("team_share", "Full-time share of a contributor", unit.Fraction, 0, 1, "28 %", "z", "Most people named work on it a part of their time."),
	Salary:            field("salary", "Salary, a year", unit.Money, 0, 1e8, "$196,000", "c_a", "Before benefits and taxes of the employer."),
	Overhead:          field("overhead", "Employer's cost over the salary", unit.None, 1, 10, "1.3", "o_a", "Benefits, payroll taxes, a desk."),
	Equity:            field("equity", "Shares in the company, a year", unit.Money, 0, 1e9, "$184,000", "c_q", "What the shares given to a person are worth."),
	TeamRunDays:       field("team_run_days", "Days of one stage that the whole team is paid for", unit.DayCount, 0, 36525, "180", "T_t", "A stage that lasts longer goes on with few people; the others work on something else."),
	Contingency:       field("contingency", "Reserve", unit.Fraction, 0, 10, "10 %", "r", "For what nobody has thought of, over the sum of all else."),
	Discount1Y:        field("discount_1y", "Off the price for one year committed", unit.Fraction, 0, 0.999, "34 %", "\\delta_1", "Against renting by the hour."),
	Discount3Y:        field("discount_3y", "Off the price for three years committed", unit.Fraction, 0, 0.999, "56 %", "\\delta_3", "Against renting by the hour."),
	CommitUse:         field("commit_use", "Share of the committed time used", unit.Fraction, 0.001, 1, "80 %", "u_c", "What is committed is paid, used or not."),
	SpotDiscount:      field("spot_discount", "Off the price for spare capacity (spot)", unit.Fraction, 0, 0.999, "60 %", "\\delta_s", "Cheaper because it can be taken back at any time."),
	SpotInterruptions: field("spot_interruptions", "Spare servers taken back, a server and day", unit.PerDay, 0, 1000, "0.005", "\\lambda", "How often the owner wants a server back."),
	SpotInterval:      field("spot_interval", "Time between checkpoints on spare capacity", unit.Time, 1, 1e6, "30 min", "\\Delta", "Half of it is lost at each interruption."),
	SpotWrite:         field("spot_write", "Time to write a checkpoint", unit.Time, 0, 1e6, "60 s", "w", "Training stands still."),
	SpotRestart:       field("spot_restart", "Time to start again", unit.Time, 0, 1e6, "15 min", "u_0", "Until a server that was taken back is replaced."),
	ServerPrice:       field("server_price", "Price of a GPU with its share of the server", unit.Money, 0, 1e8, "$34,000", "V", "Network and storage apart."),
	ChipShare:         field("chip_share", "The chip's part of it", unit.Fraction, 0, 1, "61 %", "k_v", "The rest is processors, memory, board and case."),
	Interconnect:      field("interconnect", "Network, of all hardware", unit.Fraction, 0, 0.99, "19 %", "i", "Switches and cables between servers."),
	StorageCapex:      field("storage_capex", "Storage, over the servers' price", unit.Fraction, 0, 10, "3 %", "k_d", "Disks for data and checkpoints."),
	LifeYears:         field("life_years", "Years until hardware is written off", unit.None, 0.1, 50, "5", "L_h", "In equal parts."),
	Resale:            field("resale", "Share of the price when sold at the end", unit.Fraction, 0, 1, "10 %", "s", "What a buyer then pays."),
	FleetUse:          field("fleet_use", "Share of owned hours in use", unit.Fraction, 0.001, 1, "70 %", "u_o", "The owner pays for idle hours too."),
	Upkeep:            field("upkeep", "Upkeep a year, over the hardware's price", unit.Fraction, 0, 10, "5 %", "m", "Staff on site, spares, contracts."),
	ColoPrice:         field("colo_price", "$ per kW of space and month", unit.Money, 0, 1e6, "$184", "c_k", "A place with power and cooling in somebody's data centre, electricity apart."),
	OwnBuilding:       whole("own_building", "Own building (1 yes, 0 no)", 0, 1, "0", "b", "Written off instead of rented space."),
	BuildingPrice:     field("building_price", "$ of building per MW of machines", unit.Money, 0, 1e12, "$15,000,000", "c_b", "Shell, power and cooling."),
	BuildingYears:     field("building_years", "Years until the building is written off", unit.None, 0.1, 200, "20", "L_b", "In equal parts."),
	ChipAge:           field("chip_age", "Age of the hardware when the run starts, years", unit.None, 0, 50, "1", "t_a", "In Epoch's method hardware loses 28 % of its value a year."),
	PriceYear:         field("price_year", "Prices of the year", unit.Year, 2016, 2100, "2024", "y_p", "Takes rental prices of that time; after the newest price known the range widens and no trend is drawn."),
	StartYear:         field("start", "Start of the project", unit.Year, 2016, 2100, "2027", "y_0", "When collecting begins; it dates the plan."),
	LaterGPUs:         whole("later_gpus", "GPUs later on", 0, 1e8, "8000", "n_2", "The run goes on with so many from the day below; 0 for no change."),
	LaterDay:          field("later_day", "from this day of the run", unit.DayCount, 0, 1e6, "60", "T_2", "When they arrive."),
	ThirdGPUs:         whole("third_gpus", "GPUs later still", 0, 1e8, "16000", "n_3", "0 for no change."),
	ThirdDay:          field("third_day", "from this day of the run on", unit.DayCount, 0, 1e6, "90", "T_3", "When they arrive."),
	SecondGPUs:        whole("second_gpus", "GPUs of a second kind", 0, 1e8, "256", "n_b", "Beside the others, sharing the work by speed."),
	SecondPrice:       field("second_price", "$ per GPU-hour of the second kind", unit.USDPerGPUHour, 0, 1e5, "1.80", "c_b'", "What one of them costs to rent for an hour."),
	SecondServer:      field("second_server_price", "Price of one of the second kind with its share of the server", unit.Money, 0, 1e8, "$20,000", "V_b", "Network and storage apart."),
	SecondPower:       field("second_power", "Average power of one of the second kind", unit.Power, 0, 1e6, "600 W", "W_b", "With its share of server and network."),
	WUE:               field("wue", "Water per kWh of the machines, on site (WUE)", unit.None, 0, 1000, "0.3", "WUE", "Litres that cooling evaporates."),
	GridWater:         field("grid_water", "Water per kWh of electricity, at the power stations", unit.None, 0, 1000, "3.1", "EWIF", "Litres evaporated; reservoirs of dams count."),
	EmbodiedGPU:       field("embodied", "Carbon of making a GPU with its share of the server", unit.Carbon, 0, 1e7, "880 kg", "e_g", "Mining, chip making, assembly, transport."),
	EmbodiedYears:     field("embodied_years", "Years over which making counts", unit.None, 0.1, 50, "4", "L_e", "The hardware's life."),
	EmbodiedUse:       field("embodied_use", "Share of that life in use", unit.Fraction, 0.001, 1, "70 %", "u_e", "Idle hours carry their part over to the used ones."),
	GreenShare:        field("green_share", "Electricity covered by green contracts", unit.Fraction, 0, 1, "0 %", "g_m", "Lowers the market-based figure only; the machines draw from the grid all the same."),
	DecodeShare:       field("decode_share", "Useful share of peak while writing answers", unit.Fraction, 1e-4, 1, "5 %", "u_d", "Used where the serving model says nothing of this case, as for speech."),
	TuneExamples:      field("tune_examples", "Examples of your own task", unit.Count, 0, 1e12, "10,000", "n_x", "What an existing model is tuned on."),
	TuneLength:        field("tune_length", "Tokens of such an example", unit.TokenCount, 1, 1e9, "800", "l_x", "Question and answer."),
	TuneEpochs:        field("tune_epochs", "Times each is read", unit.None, 0, 1e4, "3", "e_x", "Epochs."),
	TunePrice:         field("tune_price", "$ per such example", unit.Money, 0, 1e6, "$1", "c_x", "Written, bought or taken from your own records."),
	TunesPerYear:      field("tunes_per_year", "Tunings a year", unit.None, 0, 1e4, "4", "m_x", "As the task and the base model change."),
	QLoRASlow:         field("qlora_slow", "Time of a QLoRA step over a LoRA step", unit.None, 1, 100, "1.4", "k_q", "Weights in 4 bits are unpacked for every product."),
	PromptTokens:      field("prompt_tokens", "Learned tokens of a tuned prompt", unit.Count, 1, 1e6, "100", "p_t", "Put before every question."),
	CorpusTokens:      field("corpus_tokens", "Tokens of the texts to search", unit.TokenCount, 0, 1e18, "100M", "D_c", "What answers are looked up in (RAG)."),
	ChunkTokens:       field("chunk_tokens", "Tokens of a passage", unit.TokenCount, 1, 1e6, "500", "l_c", "Texts are cut into passages."),
	Chunks:            field("chunks", "Passages put before a question", unit.None, 0, 1e4, "5", "k_r", "They are read with every question."),
	EmbedPrice:        field("embed_price", "$ per million tokens embedded", unit.USDPerMTok, 0, 1e6, "$0.02", "c_v", "Turning passages into vectors, once."),
	VectorDim:         field("vector_dim", "Numbers in a vector", unit.Count, 1, 1e6, "1536", "d_v", "Four bytes each."),
	VectorOverhead:    field("vector_overhead", "Index over the vectors", unit.Fraction, 0, 100, "70 %", "o_v", "What finding neighbours fast takes beside the vectors."),
	VectorPrice:       field("vector_price", "$ per GB of index and month", unit.Money, 0, 1e6, "$0.33", "c_g", "Kept ready to be searched."),
	RetrievalPrice:    field("retrieval_price", "$ per thousand searches", unit.Money, 0, 1e6, "$0.05", "c_f", "Embedding the question and finding neighbours."),
	Exchange:          field("exchange", "Units of the other currency for a dollar", unit.None, 1e-9, 1e12, "0.96", "f_x", "What a dollar of the bill is worth in it."),
	CorePower:         field("core_power", "Power of a processor core", unit.Power, 0, 1000, "8 W", "W_c", "With its share of the server."),
}
