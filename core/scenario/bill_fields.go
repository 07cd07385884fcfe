package scenario

import (
	"flopbook/core/bill"
	"flopbook/core/lifecycle"
	"flopbook/core/unit"
)

// Fields of the whole bill follow those of the run: what sizes each stage,
// whether it is part of the bill, how long it takes, who works on it, what
// share of the team's time it takes, and what belongs to no single stage.
const (
	firstDriver = RunFields
	firstOn     = firstDriver + Num(lifecycle.DriverCount)
	firstDays   = firstOn + Num(lifecycle.StageCount)
	firstPeople = firstDays + Num(lifecycle.StageCount)
	firstStaff  = firstPeople + Num(lifecycle.StageCount)
	firstInput  = firstStaff + Num(lifecycle.StageCount)
	NumCount    = firstInput + Num(bill.InputCount)
)

// DriverField is the field of what sizes a stage.
func DriverField(d lifecycle.Driver) Num { return firstDriver + Num(d) }

// StageField is the field that says whether a stage is part of the bill, 1 or 0.
func StageField(s lifecycle.Stage) Num { return firstOn + Num(s) }

// DaysField is the field of how long a stage takes.
func DaysField(s lifecycle.Stage) Num { return firstDays + Num(s) }

// PeopleField is the field of the people who work on a stage, full time.
func PeopleField(s lifecycle.Stage) Num { return firstPeople + Num(s) }

// StaffField is the field of the share of the team's time that a stage takes.
func StaffField(s lifecycle.Stage) Num { return firstStaff + Num(s) }

// InputField is the field of an assumption that belongs to no single stage.
func InputField(i bill.Input) Num { return firstInput + Num(i) }

// billSlides are the ends of the sliders of those fields of the bill that move
// it most; the others are typed.
var billSlides = map[string][2]float64{
	"experiments": {0, 5}, "failed_share": {0, 2}, "preferences": {1000, 1e7}, "preference_price": {0.5, 50}, "demonstration_price": {1, 200},
	"licences": {1e4, 1e9}, "rl_rollouts": {1e4, 1e8}, "rl_length": {100, 1e5}, "synthetic_tokens": {1e8, 1e13}, "redteam_hours": {10, 1e5},
	"team": {1, 2000}, "team_share": {0.01, 1}, "salary": {2e4, 1e6}, "equity": {1e4, 5e6}, "contingency": {0, 1},
	"server_price": {1000, 2e5}, "life_years": {1, 10}, "fleet_use": {0.05, 1}, "colo_price": {50, 500}, "spot_interruptions": {1e-3, 1},
	"wue": {0.01, 5}, "grid_water": {0.1, 20},
}

func init() {
	put := func(n Num, f lifecycle.Field) {
		Nums[n] = NumField{Field: f.Field, JSON: "bill." + f.Key, Group: GroupBill, Symbol: f.Symbol, Help: f.Help}
		if s, ok := billSlides[f.Key]; ok {
			Nums[n].Log, Nums[n].SlideLo, Nums[n].SlideHi = f.Kind != unit.Fraction, s[0], s[1]
		}
	}
	for d := range lifecycle.Drivers {
		put(DriverField(lifecycle.Driver(d)), lifecycle.Drivers[d])
	}
	for i := range bill.Inputs {
		put(InputField(bill.Input(i)), bill.Inputs[i])
	}
	for s := range lifecycle.Stages {
		about := &lifecycle.Stages[s]
		put(StageField(lifecycle.Stage(s)), lifecycle.Field{Field: unit.Field{Name: about.Name + ": part of the bill (1 yes, 0 no)", Key: "with_" + about.Key,
			Kind: unit.Count, Min: 0, Max: 1, Example: "1", Whole: true}, Help: about.Says})
		put(DaysField(lifecycle.Stage(s)), lifecycle.Field{Field: unit.Field{Name: about.Name + ": days", Key: about.Key + "_days",
			Kind: unit.DayCount, Min: 0, Max: 36525, Example: "30"}, Symbol: "T_{" + about.Key + "}", Help: "How long it takes in the calendar."})
		put(PeopleField(lifecycle.Stage(s)), lifecycle.Field{Field: unit.Field{Name: about.Name + ": people, full time", Key: about.Key + "_people",
			Kind: unit.None, Min: 0, Max: 1e6, Example: "5"}, Symbol: "p_{" + about.Key + "}", Help: "How many work on it full time while it lasts."})
		dealt := "The team's time over the making is dealt to its stages in these shares; only their proportions count. Not used where people are given."
		if about.Long {
			dealt = "Of the team, at any time while the model serves. Not used where people are given."
		}
		put(StaffField(lifecycle.Stage(s)), lifecycle.Field{Field: unit.Field{Name: about.Name + ": share of the team's time", Key: "staff_" + about.Key,
			Kind: unit.Fraction, Min: 0, Max: 1, Example: "5 %"}, Symbol: "z_{" + about.Key + "}", Help: dealt})
	}
}

func pipelines() (out []Option) {
	out = append(out, Option{"auto", "as fits the case", "A chat model; for adapters the run alone, for speech a base model."})
	for _, s := range lifecycle.Scopes {
		out = append(out, Option{s.Key, s.Label, s.Help})
	}
	return out
}

func waysOfPaying() (out []Option) {
	for _, w := range bill.Ways {
		out = append(out, Option{w.Key, w.Label, w.Help})
	}
	return out
}

// A BillGroup is fields of the bill that belong together, in the order in
// which a page shows them.
type BillGroup struct {
	Key, Title, Says string
	Nums             []Num
	Choices          []Choice
}

// stageDrivers are the drivers of each stage.
var stageDrivers = map[lifecycle.Stage][]lifecycle.Driver{
	lifecycle.Collect:     {lifecycle.TextYield, lifecycle.BytesPerToken, lifecycle.TransferPrice, lifecycle.StoragePrice, lifecycle.StorageMonths, lifecycle.StorageCopies, lifecycle.Licences},
	lifecycle.Filter:      {lifecycle.FilterRate, lifecycle.CorePrice, lifecycle.ClassifierParams, lifecycle.ClassifierPasses, lifecycle.ClassifierMFU, lifecycle.DataQuality},
	lifecycle.Tokenise:    {lifecycle.TokeniseRate},
	lifecycle.Experiments: {lifecycle.ExperimentShare},
	lifecycle.Pretrain:    {lifecycle.FailedShare},
	lifecycle.Midtrain:    {lifecycle.MidTokens, lifecycle.MidSeq},
	lifecycle.Synthetic:   {lifecycle.SyntheticTokens, lifecycle.SyntheticKeep, lifecycle.SyntheticRate},
	lifecycle.Annotate:    {lifecycle.Preferences, lifecycle.PreferencePrice, lifecycle.Demonstrations, lifecycle.DemonstrationPrice, lifecycle.Checking},
	lifecycle.SFT:         {lifecycle.SFTExamples, lifecycle.SFTLength, lifecycle.SFTEpochs},
	lifecycle.Reward:      {lifecycle.RewardSize},
	lifecycle.PPO:         {lifecycle.PPOEpisodes, lifecycle.PPOLength},
	lifecycle.DPO:         {lifecycle.DPOPairs, lifecycle.DPOLength},
	lifecycle.RL:          {lifecycle.RLRollouts, lifecycle.RLLength, lifecycle.RLBusy},
	lifecycle.Distil:      {lifecycle.DistilTokens, lifecycle.TeacherParams},
	lifecycle.Evaluate:    {lifecycle.EvalTokens, lifecycle.EvalOut, lifecycle.EvalPasses},
	lifecycle.RedTeam:     {lifecycle.RedTeamHours, lifecycle.RedTeamPrice},
	lifecycle.Quantise:    {lifecycle.QuantiseHours},
	lifecycle.Deploy:      {lifecycle.StagingDays},
	lifecycle.Retrain:     {lifecycle.RetrainPerYear, lifecycle.RetrainShare},
	lifecycle.Operate:     {lifecycle.ToolsPrice},
}

// BillGroups lists the fields of the bill: what is paid and how, people,
// owning, when and with how many, the footprint, then stage by stage.
func BillGroups() []BillGroup {
	inputs := func(from, to bill.Input) (out []Num) {
		for i := from; i <= to; i++ {
			out = append(out, InputField(i))
		}
		return out
	}
	groups := []BillGroup{
		{Key: "paying", Title: "Paying for GPUs", Says: "By the hour, committed, spare capacity, or owned.", Choices: []Choice{Pipeline, Pay, Currency}, Nums: append(inputs(bill.Discount1Y, bill.SpotRestart), InputField(bill.PriceYear), InputField(bill.Exchange))},
		{Key: "people", Title: "People", Says: "Who works on it, and what a year of a person costs.", Nums: append(inputs(bill.Team, bill.TeamRunDays), InputField(bill.Contingency))},
		{Key: "owning", Title: "Owning", Says: "What hardware costs over its life.", Nums: inputs(bill.ServerPrice, bill.ChipAge)},
		{Key: "capacity", Title: "When, and with how many", Says: "GPUs that come in steps, or of two kinds.", Choices: []Choice{SecondAccelerator}, Nums: inputs(bill.StartYear, bill.SecondPower)},
		{Key: "footprint", Title: "Footprint", Says: "Water, the making of the machines, contracts for green power.", Nums: inputs(bill.WUE, bill.DecodeShare)},
		{Key: "alternatives", Title: "Instead of training", Says: "Tuning a model that exists, looking things up, or an API.", Nums: inputs(bill.TuneExamples, bill.RetrievalPrice)},
	}
	for s := range lifecycle.Stages {
		g := BillGroup{Key: lifecycle.Stages[s].Key, Title: lifecycle.Stages[s].Name, Says: lifecycle.Stages[s].Says,
			Nums: []Num{StageField(lifecycle.Stage(s)), DaysField(lifecycle.Stage(s)), PeopleField(lifecycle.Stage(s)), StaffField(lifecycle.Stage(s))}}
		for _, d := range stageDrivers[lifecycle.Stage(s)] {
			g.Nums = append(g.Nums, DriverField(d))
		}
		groups = append(groups, g)
	}
	return groups
}
