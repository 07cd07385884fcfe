// Package scenario holds what was asked: one type that the page, the command
// line, the link and the JSON file share. A scenario keeps only what the reader
// gave; [Resolve] fills in presets and defaults and marks each as assumed.
package scenario

import (
	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// Release names the engine and data together; any published number that moves
// changes it.
const Release = "2026.11"

// Num identifies a numeric field.
type Num uint16

// Numeric fields. The order is the order in links and in the page.
const (
	Params Num = iota
	Tokens
	Unique
	Seq
	Batch
	GPUs
	Days
	Budget
	EnergyClaim
	MFU
	Goodput
	Practice
	FailureRate
	RestartTime
	CheckpointEvery
	CheckpointSpeed
	HiddenWrite
	StartTime
	PlannedStops
	SpareServers
	RepairTime
	Price
	PowerPerGPU
	PowerShare
	NetworkShare
	PUE
	Intensity
	KWhPrice
	TP
	PP
	VPP
	CP
	EP
	Zero
	Micro
	LoRARank
	People
	Questions
	In
	Out
	Busy
	TPOT
	ServePrice
	Horizon
	Retrieved
	Cached
	InSpread
	OutSpread
	Burst
	Peak
	TTFT
	CopyGPUs
	Regions
	Spare
	Lead
	Headroom
	Draft
	Accept
	Falloff
	DraftCost
	Passes
	Growth
	OpsShare
	OnCall
	OnCallUSD
	HostShare
	IdleShare
	TokenPrice
	PriceFall
	Layers
	Width
	Heads
	KVHeads
	HeadDim
	FF
	Vocab
	Gated
	Tied
	Positions
	Experts
	TopK
	ExpertFF
	SharedFF
	MoELayers
	QRank
	KVRank
	NopeDim
	RopeDim
	ValueDim
	WindowSize
	WindowLayers
	OwnPeak
	OwnMemory
	OwnBandwidth
	OwnPower
	OwnLink
	OwnNetwork
	RunFields // how many describe the run and its serving; those of the bill follow
)

// Group is the section of the page that a field belongs to.
type Group uint8

// Sections, in page order.
const (
	GroupModel Group = iota
	GroupData
	GroupMachine
	GroupPlace
	GroupServe
	GroupShape
	GroupLayout
	GroupOwn
	GroupBill
)

// A NumField describes a numeric field: what it measures, its limits and where
// it stands in the JSON ("demand.people") and the page.
type NumField struct {
	unit.Field
	JSON             string // path in the JSON scenario
	Group            Group
	Symbol           string // in formulas
	Help             string // one sentence for the reader
	Log              bool   // the slider runs over orders of magnitude
	SlideLo, SlideHi float64
}

func f(label, key string, kind unit.Kind, min, max float64, example string) unit.Field {
	return unit.Field{Name: label, Key: key, Kind: kind, Min: min, Max: max, Example: example}
}

func whole(label, key string, min, max float64, example string) unit.Field {
	return unit.Field{Name: label, Key: key, Kind: unit.Count, Min: min, Max: max, Example: example, Whole: true}
}

// Nums describes every numeric field, indexed by Num.
var Nums = [NumCount]NumField{
	Params:      {Field: f("Model size", "params", unit.ParamCount, 1e4, 1e15, "7B"), Symbol: "N", Group: GroupModel, Help: "How many learned numbers (parameters) the model has.", Log: true, SlideLo: 1e8, SlideHi: 2e12},
	Tokens:      {Field: f("Training tokens", "tokens", unit.TokenCount, 1, 1e18, "2T"), Symbol: "D", Group: GroupData, Help: "How many word pieces (tokens) the model reads while training, repeats included.", Log: true, SlideLo: 1e9, SlideHi: 5e13},
	Unique:      {Field: f("Of them different", "unique", unit.TokenCount, 1, 1e18, "1T"), Symbol: "U", Group: GroupData, Help: "How many of those tokens are different from each other; the rest are repeats (epochs).", Log: true, SlideLo: 1e9, SlideHi: 5e13},
	Seq:         {Field: whole("Sequence length", "seq", 1, 1e8, "4096"), Symbol: "s", Group: GroupData, Help: "How many tokens the model sees at once in training."},
	Batch:       {Field: f("Batch", "batch", unit.TokenCount, 1, 1e12, "4M"), Symbol: "B", Group: GroupData, Help: "Tokens per training step over all GPUs (global batch)."},
	GPUs:        {Field: whole("GPUs", "gpus", 1, 1e8, "64"), Symbol: "n", Group: GroupMachine, Help: "How many accelerators train the model.", Log: true, SlideLo: 1, SlideHi: 100000},
	Days:        {Field: f("Days", "days", unit.DayCount, 1e-6, 1e6, "30"), Symbol: "T", Group: GroupMachine, Help: "How long the training may take.", Log: true, SlideLo: 0.1, SlideHi: 365},
	Budget:      {Field: f("Budget", "budget", unit.Money, 1e-6, 1e15, "$100,000"), Group: GroupPlace, Help: "How much money there is for renting the GPUs.", Log: true, SlideLo: 10, SlideHi: 1e9},
	EnergyClaim: {Field: f("Energy (claimed)", "energy", unit.Energy, 1, 1e20, "1287 MWh"), Group: GroupPlace, Help: "A published figure to check: electricity of the whole training run."},
	MFU:         {Field: f("Useful share of peak speed (MFU)", "mfu", unit.Fraction, 1e-6, 1, "40 %"), Symbol: "MFU", Group: GroupMachine, Help: "The share of the chip's peak arithmetic that goes into the model (model FLOP utilisation).", SlideLo: 0.05, SlideHi: 0.7},
	Goodput:     {Field: f("Time not lost to failures (goodput)", "goodput", unit.Fraction, 1e-3, 1, "90 %"), Symbol: "g", Group: GroupMachine, Help: "The share of the days in which training moves forward; failures, restarts and checkpoints take the rest.", SlideLo: 0.5, SlideHi: 1},
	Practice:    {Field: f("Kept of the best speed in practice", "practice", unit.Fraction, 1e-2, 2, "75 %"), Symbol: "q", Group: GroupMachine, Help: "Whole runs bill more than their best steps: other layouts, evaluation, warming up, changes by hand. 100 % takes the prediction as it is.", SlideLo: 0.3, SlideHi: 1},

	FailureRate:     {Field: f("Stops of a server, a day", "failure_rate", unit.PerDay, 0, 1000, "0.004"), Symbol: "\\lambda_s", Group: GroupMachine, Help: "How often a day a server of eight GPUs stops the whole run unexpectedly: broken hardware, software, users. Published clusters see one in two months to one in a year; small jobs more.", Log: true, SlideLo: 1e-3, SlideHi: 0.1},
	RestartTime:     {Field: f("Time until it runs again", "restart_time", unit.Time, 0, 1e6, "10 min"), Symbol: "R", Group: GroupMachine, Help: "From a stop until the next step that counts as new: finding the fault, starting processes, loading the checkpoint.", Log: true, SlideLo: 10, SlideHi: 36000},
	CheckpointEvery: {Field: f("Training between checkpoints", "checkpoint_every", unit.Time, 1, 1e8, "30 min"), Symbol: "\\Delta", Group: GroupMachine, Help: "How much training is at stake when the run stops; left open, the interval that loses least.", Log: true, SlideLo: 10, SlideHi: 86400},
	CheckpointSpeed: {Field: f("Checkpoint writing, all servers", "checkpoint_speed", unit.ByteRate, 1e3, 1e18, "50 GB/s"), Symbol: "b_{ck}", Group: GroupMachine, Help: "Bytes a second that the storage takes from the whole run; training waits meanwhile.", Log: true, SlideLo: 1e8, SlideHi: 1e13},
	HiddenWrite:     {Field: f("Share of checkpoint writing that training does not wait for", "checkpoint_hidden", unit.Fraction, 0, 1, "0 %"), Symbol: "h_{ck}", Group: GroupMachine, Help: "0 where training stands still until the checkpoint is written, more where it is copied aside first (asynchronous checkpoints)."},
	StartTime:       {Field: f("Time to start processes and load the checkpoint", "start_time", unit.Time, 0, 1e6, "5 min"), Symbol: "R_s", Group: GroupMachine, Help: "What each planned stop costs; after an unexpected one the fault has to be found first.", Log: true, SlideLo: 10, SlideHi: 3600},
	PlannedStops:    {Field: f("Planned stops for each unexpected one", "planned_stops", unit.None, 0, 1000, "0.11"), Symbol: "n_p", Group: GroupMachine, Help: "Updates of software and hardware, changes of settings.", SlideLo: 0, SlideHi: 1},
	SpareServers:    {Field: f("Servers that stand by, over those that train", "spare_servers", unit.Fraction, 0, 10, "5 %"), Symbol: "n_+", Group: GroupMachine, Help: "They take the place of one in repair; the run waits while there are too few.", SlideLo: 0, SlideHi: 0.3},
	RepairTime:      {Field: f("Time until a failed server is back", "repair_time", unit.Time, 0, 1e8, "1 day"), Symbol: "T_r", Group: GroupMachine, Help: "Restart and tests take hours, a new part takes days.", Log: true, SlideLo: 600, SlideHi: 1e6},

	Price:        {Field: f("$ per GPU-hour", "price", unit.USDPerGPUHour, 0, 1e5, "2.50"), Symbol: "c", Group: GroupPlace, Help: "What one accelerator costs to rent for an hour.", Log: true, SlideLo: 0.1, SlideHi: 20},
	PowerPerGPU:  {Field: f("Average power per GPU", "power", unit.Power, 0, 1e6, "1000 W"), Symbol: "W", Group: GroupPlace, Help: "Electricity drawn per accelerator while training, with its share of the server and network."},
	PowerShare:   {Field: f("Share of the servers' rated power drawn in training", "power_share", unit.Fraction, 0.01, 2, "76 %"), Symbol: "p", Group: GroupPlace, Help: "Servers seldom draw what their plate says. Counts where the average power per GPU is not given itself.", SlideLo: 0.2, SlideHi: 1},
	NetworkShare: {Field: f("Power of network, storage and management, over the servers'", "network_share", unit.Fraction, 0, 5, "8 %"), Symbol: "p_n", Group: GroupPlace, Help: "On top of the servers; part of the average power per GPU where that is not given.", SlideLo: 0, SlideHi: 0.5},
	PUE:          {Field: f("Building overhead (PUE)", "pue", unit.None, 1, 10, "1.2"), Symbol: "PUE", Group: GroupPlace, Help: "Electricity into the building for each unit that reaches the computers (power usage effectiveness).", SlideLo: 1, SlideHi: 2},
	Intensity:    {Field: f("Carbon per kWh", "carbon_intensity", unit.KgPerKWh, 0, 10, "0.4"), Symbol: "CI", Group: GroupPlace, Help: "Greenhouse gas per unit of the grid's electricity."},
	KWhPrice:     {Field: f("$ per kWh", "kwh_price", unit.USDPerKWh, 0, 100, "0.08"), Symbol: "c_e", Group: GroupPlace, Help: "Price of electricity; renters pay it inside the GPU-hour."},
	TP:           {Field: whole("Split inside each layer (tensor parallel, TP)", "tp", 1, 4096, "8"), JSON: "layout.tp", Group: GroupLayout, Help: "GPUs that share the work of every single layer."},
	PP:           {Field: whole("Split by layers (pipeline parallel, PP)", "pp", 1, 4096, "4"), JSON: "layout.pp", Group: GroupLayout, Help: "Groups of layers on different GPUs, one after the other."},
	VPP:          {Field: whole("Pieces of a pipeline group (interleaving, VPP)", "vpp", 1, 4096, "2"), JSON: "layout.vpp", Group: GroupLayout, Help: "Each group of layers is cut into pieces that take turns, so that GPUs wait less for each other."},
	CP:           {Field: whole("Split along the text (context parallel, CP)", "cp", 1, 4096, "1"), JSON: "layout.cp", Group: GroupLayout, Help: "GPUs that share one long sequence."},
	EP:           {Field: whole("Split of the experts (expert parallel, EP)", "ep", 1, 4096, "1"), JSON: "layout.ep", Group: GroupLayout, Help: "GPUs that share the experts of a mixture-of-experts model."},
	Zero:         {Field: unit.Field{Name: "States shared between copies (ZeRO stage)", Key: "zero", Kind: unit.Count, Min: 0, Max: 3, Example: "1", Whole: true}, JSON: "layout.zero", Group: GroupLayout, Help: "0: every copy holds everything; 1: optimizer states shared; 2: gradients too; 3: weights too."},
	Micro:        {Field: whole("Sequences per GPU at once (micro-batch)", "micro", 1, 65536, "1"), JSON: "layout.micro", Group: GroupLayout, Help: "How many sequences one model copy works on at a time."},
	LoRARank:     {Field: whole("Adapter rank (LoRA)", "lora_rank", 1, 65536, "16"), Group: GroupModel, Help: "Width of the small matrices that fine-tuning adds."},
	People:       {Field: unit.Field{Name: "People", Key: "people", Kind: unit.Count, Max: 1e11, Least: 1, Example: "10,000"}, Symbol: "u", JSON: "demand.people", Group: GroupServe, Help: "How many people use the model on a usual day.", Log: true, SlideLo: 1, SlideHi: 1e9},
	Questions:    {Field: f("Questions a day, each", "questions", unit.None, 0, 1e6, "10"), Symbol: "q_u", JSON: "demand.questions", Group: GroupServe, Help: "Questions that each person asks in a day.", Log: true, SlideLo: 0.1, SlideHi: 1000},
	In:           {Field: f("Tokens in a question", "in", unit.Count, 0, 1e9, "500"), Symbol: "S", JSON: "demand.in", Group: GroupServe, Help: "Length of question and context, in tokens (prompt).", Log: true, SlideLo: 10, SlideHi: 1e5},
	Out:          {Field: f("Tokens in an answer", "out", unit.Count, 1, 1e9, "300"), Symbol: "O", JSON: "demand.out", Group: GroupServe, Help: "Length of the answer, in tokens; hidden reasoning counts.", Log: true, SlideLo: 10, SlideHi: 1e5},
	Busy:         {Field: f("Busy share of the servers", "busy", unit.Fraction, 1e-4, 1, "40 %"), Symbol: "U", Group: GroupServe, Help: "How full the serving machines are over a day; they must be sized for the peak.", SlideLo: 0.05, SlideHi: 1},
	TPOT:         {Field: f("Slowest pace: time per token (TPOT)", "tpot", unit.Time, 1e-4, 100, "50 ms"), Symbol: "t_{max}", Group: GroupServe, Help: "The answer may not appear slower than one token in this time."},
	ServePrice:   {Field: f("$ per GPU-hour, serving", "serve_price", unit.USDPerGPUHour, 0, 1e5, "2.50"), Symbol: "c_s", Group: GroupServe, Help: "Rent of the machines that answer; the training price if not given."},
	Horizon:      {Field: f("Days to look ahead", "horizon", unit.DayCount, 1, 36525, "365"), Group: GroupServe, Help: "How far the chart of training and serving runs.", Log: true, SlideLo: 7, SlideHi: 3650},
	Retrieved:    {Field: f("Tokens that retrieval adds", "retrieved", unit.Count, 0, 1e9, "2500"), Symbol: "S_r", JSON: "demand.retrieved", Group: GroupServe, Help: "Passages looked up and put before each question (retrieval-augmented generation)."},
	Cached:       {Field: f("Share of a question already read", "cached", unit.Fraction, 0, 0.999, "50 %"), Symbol: "h", JSON: "demand.cached", Group: GroupServe, Help: "Tokens of question and passages that are found in the prefix cache: instructions, earlier turns of a chat.", SlideLo: 0, SlideHi: 0.95},
	InSpread:     {Field: f("Spread of question lengths", "in_spread", unit.None, 0, 100, "0.8"), Symbol: "C_S", JSON: "demand.in_spread", Group: GroupServe, Help: "Standard deviation over mean; 0 where all are alike."},
	OutSpread:    {Field: f("Spread of answer lengths", "out_spread", unit.None, 0, 100, "0.8"), Symbol: "C_O", JSON: "demand.out_spread", Group: GroupServe, Help: "Standard deviation over mean; long answers hold their memory longer."},
	Burst:        {Field: f("Burstiness of questions", "burst", unit.None, 0, 1000, "1"), Symbol: "C_a", JSON: "demand.burst", Group: GroupServe, Help: "Spread of the time between questions over its mean: 1 where people ask independently, 0 like clockwork, more in bursts."},
	Peak:         {Field: f("Busiest minute over the mean", "peak_to_mean", unit.None, 1, 30, "1.9"), Symbol: "r_p", JSON: "demand.peak_to_mean", Group: GroupServe, Help: "Questions in the busiest minute of the week over those of a mean minute; the machines must hold it.", SlideLo: 1, SlideHi: 5},
	TTFT:         {Field: f("Longest wait for the first word (TTFT)", "ttft", unit.Time, 1e-3, 1e6, "2 s"), Symbol: "t_{1,max}", Group: GroupServe, Help: "Nine in ten questions get their first word within this time even in the busiest minute; of a picture: the whole picture.", Log: true, SlideLo: 0.1, SlideHi: 60},
	CopyGPUs:     {Field: whole("GPUs for one copy", "copy_gpus", 1, 512, "8"), Group: GroupServe, Help: "GPUs that share one copy of the model, a power of two; Flopbook takes what makes the fleet smallest."},
	Regions:      {Field: whole("Regions", "regions", 1, 1000, "1"), Symbol: "n_g", Group: GroupServe, Help: "Places near the readers that each have copies of their own."},
	Spare:        {Field: unit.Field{Name: "Spare copies", Key: "spare_copies", Kind: unit.Count, Min: 0, Max: 1e6, Example: "1", Whole: true}, Symbol: "n_+", Group: GroupServe, Help: "Copies that run beside the needed ones and take over when one fails (failover)."},
	Lead:         {Field: f("Minutes until a copy has started", "lead", unit.None, 0, 1440, "10"), Group: GroupServe, Help: "Getting a machine and loading the weights; where copies follow the traffic they must start this early."},
	Headroom:     {Field: f("Headroom above the need", "headroom", unit.Fraction, 0, 10, "20 %"), Group: GroupServe, Help: "Capacity kept free above what is forecast, where copies follow the traffic.", SlideLo: 0, SlideHi: 1},
	Draft:        {Field: unit.Field{Name: "Tokens drafted ahead", Key: "draft", Kind: unit.Count, Min: 0, Max: 64, Example: "3", Whole: true}, Symbol: "g", Group: GroupServe, Help: "Speculative decoding: a cheap draft guesses so many tokens, one step checks them all; 0 is without."},
	Accept:       {Field: f("First drafted token accepted", "accept", unit.Fraction, 0, 1, "80 %"), Symbol: "a_1", Group: GroupServe, Help: "How often the first drafted token is what the model would have written.", SlideLo: 0, SlideHi: 1},
	Falloff:      {Field: f("Each further one, of that before", "falloff", unit.Fraction, 0, 1, "80 %"), Symbol: "a_f", Group: GroupServe, Help: "Acceptance falls with depth: each drafted token is accepted this much less often than the one before it.", SlideLo: 0, SlideHi: 1},
	DraftCost:    {Field: f("Time to draft a token, of a step", "draft_cost", unit.Fraction, 0, 10, "5 %"), Symbol: "c_d", Group: GroupServe, Help: "What the draft costs over a step of the model: a few per cent for a head on top of it, more for a model of its own."},
	Passes:       {Field: unit.Field{Name: "Passes over a picture", Key: "passes", Kind: unit.Count, Min: 1, Max: 1e5, Example: "100", Whole: true}, Symbol: "n_p", Group: GroupServe, Help: "Denoising steps of an image model, twice as many with guidance.", Log: true, SlideLo: 1, SlideHi: 500},
	Growth:       {Field: f("Growth of the demand, times a year", "growth", unit.None, 1e-3, 1e3, "1"), Symbol: "g_u", JSON: "demand.growth", Group: GroupServe, Help: "How many times as many questions come a year later; 1 is steady.", Log: true, SlideLo: 0.2, SlideHi: 20},
	OpsShare:     {Field: f("Monitoring and tools, of the machines' bill", "ops_share", unit.Fraction, 0, 10, "10 %"), Symbol: "o", Group: GroupServe, Help: "Load balancing, logs, monitoring and storage beside the machines that answer.", SlideLo: 0, SlideHi: 0.5},
	OnCall:       {Field: f("People on call", "on_call", unit.None, 0, 1e6, "2"), Symbol: "n_c", Group: GroupServe, Help: "Full-time people who keep the service running; a rota around the clock takes about five."},
	OnCallUSD:    {Field: f("$ a year for each of them", "on_call_usd", unit.Money, 0, 1e8, "$200,000"), Symbol: "k_c", Group: GroupServe, Help: "Salary and what comes with it."},
	HostShare:    {Field: f("Share of its rating that the rest of a server draws while answering", "host_share", unit.Fraction, 0, 2, "55 %"), Symbol: "p_h", Group: GroupServe, Help: "Processors, memory and fans beside the accelerators.", SlideLo: 0, SlideHi: 1},
	IdleShare:    {Field: f("Share of its rating that a waiting server draws", "idle_share", unit.Fraction, 0, 2, "25 %"), Symbol: "p_0", Group: GroupServe, Help: "Machines that stand ready for the busiest minute draw power all day.", SlideLo: 0, SlideHi: 1},
	TokenPrice:   {Field: f("Your price of a million answer tokens", "token_price", unit.USDPerMTok, 0, 1e6, "$1"), Symbol: "p_s", Group: GroupServe, Help: "What readers pay, questions included; sets the day on which the model has earned its training.", Log: true, SlideLo: 0.01, SlideHi: 100},
	PriceFall:    {Field: f("Prices fall, times a year", "price_fall", unit.None, 1e-3, 1e4, "10"), Symbol: "f_p", Group: GroupServe, Help: "By how much the price of the same quality falls in a year; 1 is not at all.", Log: true, SlideLo: 1, SlideHi: 100},

	Layers:       {Field: whole("Layers", "layers", 1, 100000, "32"), JSON: "model.layers", Symbol: "L", Group: GroupShape},
	Width:        {Field: whole("Width (d_model)", "width", 1, 1e7, "4096"), JSON: "model.width", Symbol: "d", Group: GroupShape},
	Heads:        {Field: whole("Attention heads", "heads", 1, 100000, "32"), JSON: "model.heads", Symbol: "n_h", Group: GroupShape},
	KVHeads:      {Field: whole("Key-value heads", "kv_heads", 1, 100000, "8"), JSON: "model.kv_heads", Symbol: "n_{kv}", Group: GroupShape},
	HeadDim:      {Field: whole("Head width", "head_dim", 1, 1e6, "128"), JSON: "model.head_dim", Symbol: "d_h", Group: GroupShape},
	FF:           {Field: unit.Field{Name: "MLP width", Key: "ff", Kind: unit.Count, Min: 0, Max: 1e8, Example: "14336", Whole: true}, JSON: "model.ff", Symbol: "f", Group: GroupShape},
	Vocab:        {Field: whole("Vocabulary", "vocab", 1, 1e8, "128256"), JSON: "model.vocab", Symbol: "V", Group: GroupShape},
	Gated:        {Field: unit.Field{Name: "Gated MLP (1 yes, 0 no)", Key: "gated", Kind: unit.Count, Min: 0, Max: 1, Example: "1", Whole: true}, JSON: "model.gated", Group: GroupShape},
	Tied:         {Field: unit.Field{Name: "Tied embeddings (1 yes, 0 no)", Key: "tied", Kind: unit.Count, Min: 0, Max: 1, Example: "0", Whole: true}, JSON: "model.tied", Group: GroupShape},
	Positions:    {Field: unit.Field{Name: "Learned positions", Key: "positions", Kind: unit.Count, Min: 0, Max: 1e8, Example: "2048", Whole: true}, JSON: "model.positions", Group: GroupShape},
	Experts:      {Field: unit.Field{Name: "Experts", Key: "experts", Kind: unit.Count, Min: 0, Max: 1e6, Example: "8", Whole: true}, JSON: "model.experts", Symbol: "E", Group: GroupShape},
	TopK:         {Field: unit.Field{Name: "Experts used per token (top-k)", Key: "top_k", Kind: unit.Count, Min: 0, Max: 1e6, Example: "2", Whole: true}, JSON: "model.top_k", Symbol: "k", Group: GroupShape},
	ExpertFF:     {Field: unit.Field{Name: "Expert width", Key: "expert_ff", Kind: unit.Count, Min: 0, Max: 1e8, Example: "2048", Whole: true}, JSON: "model.expert_ff", Symbol: "f_e", Group: GroupShape},
	SharedFF:     {Field: unit.Field{Name: "Shared experts' width, together", Key: "shared_ff", Kind: unit.Count, Min: 0, Max: 1e8, Example: "2048", Whole: true}, JSON: "model.shared_ff", Symbol: "f_s", Group: GroupShape},
	MoELayers:    {Field: unit.Field{Name: "Layers with experts", Key: "moe_layers", Kind: unit.Count, Min: 0, Max: 100000, Example: "58", Whole: true}, JSON: "model.moe_layers", Symbol: "L_m", Group: GroupShape},
	QRank:        {Field: unit.Field{Name: "Query rank (MLA)", Key: "q_rank", Kind: unit.Count, Min: 0, Max: 1e6, Example: "1536", Whole: true}, JSON: "model.q_rank", Symbol: "r_q", Group: GroupShape},
	KVRank:       {Field: unit.Field{Name: "Key-value rank (MLA)", Key: "kv_rank", Kind: unit.Count, Min: 0, Max: 1e6, Example: "512", Whole: true}, JSON: "model.kv_rank", Symbol: "r_{kv}", Group: GroupShape},
	NopeDim:      {Field: unit.Field{Name: "Head width without position (MLA)", Key: "nope_dim", Kind: unit.Count, Min: 0, Max: 1e6, Example: "128", Whole: true}, JSON: "model.nope_dim", Symbol: "d_n", Group: GroupShape},
	RopeDim:      {Field: unit.Field{Name: "Head width with position (MLA)", Key: "rope_dim", Kind: unit.Count, Min: 0, Max: 1e6, Example: "64", Whole: true}, JSON: "model.rope_dim", Symbol: "d_r", Group: GroupShape},
	ValueDim:     {Field: unit.Field{Name: "Value width (MLA)", Key: "value_dim", Kind: unit.Count, Min: 0, Max: 1e6, Example: "128", Whole: true}, JSON: "model.value_dim", Symbol: "d_v", Group: GroupShape},
	WindowSize:   {Field: unit.Field{Name: "Sliding window", Key: "window", Kind: unit.Count, Min: 0, Max: 1e8, Example: "1024", Whole: true}, JSON: "model.window", Symbol: "w", Group: GroupShape},
	WindowLayers: {Field: unit.Field{Name: "Layers with the sliding window", Key: "window_layers", Kind: unit.Count, Min: 0, Max: 100000, Example: "40", Whole: true}, JSON: "model.window_layers", Symbol: "L_w", Group: GroupShape},

	OwnPeak:      {Field: f("Peak speed, dense", "own_peak", unit.FLOPRate, 1e6, 1e21, "989 TFLOP/s"), JSON: "own.peak", Group: GroupOwn, Help: "Dense peak in the precision you train in; data sheets often print twice that, with sparsity."},
	OwnMemory:    {Field: f("Memory", "own_memory", unit.ByteCount, 1e6, 1e15, "80 GiB"), JSON: "own.memory", Group: GroupOwn},
	OwnBandwidth: {Field: f("Memory bandwidth", "own_bandwidth", unit.ByteRate, 1e6, 1e18, "3350 GB/s"), JSON: "own.bandwidth", Group: GroupOwn},
	OwnLink:      {Field: f("Link between GPUs of a server", "own_link", unit.ByteRate, 1e6, 1e15, "450 GB/s"), JSON: "own.link", Group: GroupOwn, Help: "Bytes per second of one GPU, one way; data sheets often print both ways together."},
	OwnNetwork:   {Field: f("Network between servers, share of a GPU", "own_network", unit.ByteRate, 1e6, 1e15, "50 GB/s"), JSON: "own.network", Group: GroupOwn, Help: "Bytes per second, one way: 400 Gbit/s are 50 GB/s."},
	OwnPower:     {Field: f("Chip power", "own_power", unit.Power, 0.1, 1e6, "700 W"), JSON: "own.power", Group: GroupOwn},
}

// Choice identifies a field with named options.
type Choice uint8

// Choices. The order is the order in links.
const (
	Ask Choice = iota
	Model
	Accelerator
	Precision
	Optimizer
	Recompute
	Schedule
	Framework
	Attention
	FLOPRule
	Law
	Grid
	ServeAccelerator
	ServePrecision
	KVPrecision
	Workload
	Engine
	Fleet
	ServeGrid
	Pipeline
	Pay
	SecondAccelerator
	Currency
	ChoiceCount
)

// An Option is one value of a choice.
type Option struct{ Key, Label, Help string }

// A ChoiceField describes a choice. Options of Model, Accelerator and Grid come
// from the presets and the catalogue.
type ChoiceField struct {
	Key, Label, JSON, Default string
	Group                     Group
	Options                   []Option
	Help                      string
}

// Choices describes every choice, indexed by Choice.
var Choices = [ChoiceCount]ChoiceField{
	Ask: {Key: "ask", Label: "What do you want to find out?", Default: "days", Options: []Option{
		{"days", "days", "How long the training takes on these GPUs."},
		{"gpus", "GPUs", "How many GPUs finish in the days you have."},
		{"usd", "cost", "What the training costs."},
		{"tokens", "tokens", "How much training the GPUs, days or money you have can buy."},
		{"params", "size", "How large a model the GPUs, days or money you have can train."},
		{"check", "is a claim plausible?", "Give GPUs, days, tokens, energy or cost as published; Flopbook says which one does not fit."},
	}},
	Model:       {Key: "model", Label: "Start from", Default: "example-1b", Group: GroupModel},
	Accelerator: {Key: "accelerator", Label: "Accelerator", Default: "h100-sxm", Group: GroupMachine},
	Precision: {Key: "precision", Label: "Number format", Default: "bf16", Group: GroupMachine, Options: []Option{
		{"bf16", "BF16", "16-bit numbers with the range of 32-bit ones; the usual choice."},
		{"fp16", "FP16", "16-bit numbers; needs loss scaling. For cards without BF16."},
		{"fp8", "FP8", "8-bit arithmetic in the large matrices; states stay as with BF16."},
		{"tf32", "TF32", "32-bit storage, 19-bit arithmetic."},
		{"fp32", "FP32", "32-bit numbers everywhere; slow."},
	}},
	Optimizer: {Key: "optimizer", Label: "Optimizer", Default: "adam", Group: GroupModel, Options: []Option{
		{"adam", "Adam, mixed precision (18 bytes a parameter)", "16-bit weights, 32-bit gradients, master weights and two moments."},
		{"adam16", "Adam, 16-bit gradients (16 bytes)", "As in the ZeRO paper."},
		{"adam8", "8-bit Adam", "Moments in 8 bits."},
		{"sgd", "SGD with momentum", "One moment."},
		{"lora", "LoRA adapter", "The model is frozen; only small added matrices learn."},
		{"qlora", "QLoRA adapter", "As LoRA, the frozen model in 4 bits."},
	}},
	Recompute: {Key: "recompute", Label: "Recompute activations", Default: "auto", JSON: "layout.recompute", Group: GroupLayout, Options: []Option{
		{"auto", "as needed", "What the fastest layout that fits asks for."},
		{"none", "none", "Keep everything; fastest, most memory."},
		{"selective", "selective", "Recompute what is cheap: norms and activations, or the scores of attention where no fused kernel keeps them away."},
		{"full", "full", "Keep one copy per layer, compute the rest twice: a third more work."},
	}},
	Schedule: {Key: "schedule", Label: "Order of the pipeline's work", Default: "1f1b", JSON: "layout.schedule", Group: GroupLayout, Options: schedules(),
		Help: "How groups of layers take turns: what it costs in waiting and in memory."},
	Framework: {Key: "framework", Label: "Training software", Default: "auto", Group: GroupLayout, Options: frameworks(),
		Help: "What trains the model: it sets how much memory a step takes beyond the mathematics, and how fast it runs."},
	Attention: {Key: "attention", Label: "Attention counted", Default: "causal", Group: GroupModel, Options: []Option{
		{"causal", "causal (half the square)", "Each token looks back only."},
		{"full", "full square", "As PaLM's and Megatron's older figures count it."},
	}},
	FLOPRule: {Key: "flop_rule", Label: "Compute by", Default: "6nd", Group: GroupModel, Options: []Option{
		{"6nd", "6 × size × tokens", "The rule of thumb of the papers."},
		{"counted", "counted matrix by matrix", "With attention and the output head, without the input embedding."},
	}},
	Law: {Key: "law", Label: "Scaling law", Default: "besiroglu", Group: GroupData, Options: []Option{
		{"besiroglu", "Besiroglu 2024 refit", "The corrected Chinchilla fit."},
		{"chinchilla3", "Chinchilla approach 3", "As printed by Hoffmann et al. 2022."},
		{"chinchilla1", "Chinchilla approach 1", "Envelope of training curves."},
		{"chinchilla2", "Chinchilla approach 2", "IsoFLOP profiles."},
	}},
	Grid:             {Key: "grid", Label: "Electricity of", Default: "usa", Group: GroupPlace},
	ServeAccelerator: {Key: "serve_accelerator", Label: "Serve on", Default: "same", Group: GroupServe},
	ServePrecision: {Key: "serve_precision", Label: "Weights served in", Default: "auto", Group: GroupServe, Options: []Option{
		{"auto", "as hosts do", "8 bits where the card has FP8 arithmetic, else 16."},
		{"bf16", "16 bits", "As trained."},
		{"fp8", "8 bits (FP8)", "Half the memory; needs a card with FP8 for the arithmetic."},
		{"int8", "8 bits (INT8), 16-bit arithmetic", "Half the memory; arithmetic stays at 16 bits."},
		{"int4", "4 bits (INT4)", "A quarter of the memory, 16-bit arithmetic."},
		{"mxfp4", "4 bits (MXFP4)", "As gpt-oss comes; 16-bit arithmetic."},
		{"nvfp4", "4 bits (NVFP4)", "4-bit arithmetic; needs a card with FP4."},
		{"gguf-q8_0", "8 bits (GGUF Q8_0)", "For llama.cpp at home."},
		{"gguf-q4_k_m", "4 bits (GGUF Q4_K_M)", "The usual choice for llama.cpp at home."},
	}},
	KVPrecision: {Key: "kv_precision", Label: "Answers kept in memory (KV cache) in", Default: "bf16", Group: GroupServe, Options: []Option{
		{"bf16", "16 bits", "What most engines do unless told otherwise."},
		{"fp8", "8 bits (FP8)", "Twice as many answers fit; engines tuned for throughput do this."},
	}},
	Workload: {Key: "workload", Label: "Questions like", Default: "own", JSON: "demand.workload", Group: GroupServe, Options: workloadOptions()},
	Engine: {Key: "engine", Label: "Software that serves", Default: "auto", Group: GroupServe, Options: []Option{
		{"auto", "as is usual for the card", "llama.cpp on cards for the home and Apple machines, TensorRT-LLM for models with many experts, SambaFlow on SambaNova's chips, vLLM elsewhere."},
		{"vllm", "vLLM", "The most used open engine."},
		{"tensorrt-llm", "TensorRT-LLM", "NVIDIA's own."},
		{"llama.cpp", "llama.cpp", "One machine, few readers."},
		{"deepspeed", "DeepSpeed", "DeepSpeed-MII."},
		{"gpt-fast", "gpt-fast", "Plain PyTorch, one answer at a time."},
	}},
	Fleet: {Key: "fleet", Label: "Machines run", Default: "always", Group: GroupServe, Options: []Option{
		{"always", "always, enough for the busiest minute", "Simple; idle at night."},
		{"follow", "as many as the traffic needs (autoscaling)", "Copies start and stop; rent is paid only for those that run."},
	}},
	ServeGrid:         {Key: "serve_grid", Label: "Serving's electricity of", Default: "same", Group: GroupServe},
	Pipeline:          {Key: "pipeline", Label: "The bill is for", JSON: "bill.pipeline", Default: "auto", Group: GroupBill, Options: pipelines()},
	Pay:               {Key: "pay", Label: "GPUs are paid by", JSON: "bill.pay", Default: "demand", Group: GroupBill, Options: waysOfPaying()},
	SecondAccelerator: {Key: "second_accelerator", Label: "Second kind of accelerator", JSON: "bill.second_accelerator", Default: "none", Group: GroupBill},
	Currency:          {Key: "currency", Label: "The bill in", JSON: "bill.currency", Default: "usd", Group: GroupBill, Options: currencies()},
}

func currencies() (out []Option) {
	for i := range unit.Currencies {
		c := &unit.Currencies[i]
		says := "At the rate beside it, which has a date and can be changed; prices given here and formulas stay in US dollars."
		if i == 0 {
			says = "All prices here are in US dollars."
		}
		out = append(out, Option{c.Key, c.Name, says})
	}
	return out
}

// workloadOptions are the published traces, and none of them.
func workloadOptions() []Option {
	out := []Option{{"own", "as given here", "Lengths and rhythm as in the fields below."}}
	for _, w := range catalog.Workloads() {
		out = append(out, Option{w.Key, w.Name, w.In.Note})
	}
	return out
}

// NumByKey finds a numeric field by its key.
func NumByKey(key string) (Num, bool) {
	for i := range Nums {
		if Nums[i].Key == key {
			return Num(i), true
		}
	}
	return 0, false
}

// ChoiceByKey finds a choice by its key.
func ChoiceByKey(key string) (Choice, bool) {
	for i := range Choices {
		if Choices[i].Key == key {
			return Choice(i), true
		}
	}
	return 0, false
}
