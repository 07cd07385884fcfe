package lifecycle

import (
	"flopbook/core/model"
	"flopbook/core/uncertainty"
)

// Inputs is what the stages rest on: the run as it was estimated, how fast the
// model is trained and answers, and the drivers.
type Inputs struct {
	V      [DriverCount]float64
	Spread *[DriverCount]uncertainty.Spread // of each driver's range; nil for none
	On     Set

	Total, Active float64 // parameters
	Tokens        float64 // read in the run
	Unique        float64 // of them different
	IDBytes       float64 // of a stored token: 2 where the vocabulary has at most 65,536, else 4
	Peak          float64 // dense FLOP/s of one GPU
	RunHours      float64 // GPU-hours of the run
	RunFLOP       float64
	TokenFLOP     float64 // training work of a token, by the rule in force
	MidWork       float64 // training work of a token at the length of mid-training, over that of the run
	AnswerRate    float64 // answer tokens per second and GPU when served
	CopyGPUs      float64 // GPUs of one served copy; 0 unknown
	FleetGPUs     float64 // GPUs that answer on average; 0 for no service
	Horizon       float64 // days that the model serves
}

// What moves the amounts of many stages together.
const (
	ByRun   uint32 = 1 << iota // GPU-hours of a FLOP of training
	ByServe                    // GPU-hours of an answer token
	ByFleet                    // GPUs that answer
)

// An Amount is what one stage takes. Hours are of one GPU or one core.
type Amount struct {
	FLOP         float64 // of training and reading; writing answers is in GPUHours only
	GPUHours     float64
	ServeHours   float64 // of GPUHours, those at the price of serving
	CoreHours    float64
	Tokens       float64 // trained on, read or written
	StoredTB     float64 // TB times months
	MovedTB      float64
	Bought       float64 // USD of work or rights from others
	Answers      float64 // items bought: comparisons, written answers, hours
	GPUSpread    uncertainty.Spread
	CoreSpread   uncertainty.Spread
	StoreSpread  uncertainty.Spread
	BoughtSpread uncertainty.Spread
	Causes       uint32 // ByRun, ByServe, ByFleet: of GPUHours
}

const tera = 1e12

// hoursOf is the GPU-hours of training or reading work at the speed of the run.
func (in *Inputs) hoursOf(flop float64) float64 {
	if in.RunFLOP <= 0 {
		return 0
	}
	return flop * in.RunHours / in.RunFLOP
}

// answerHours is the GPU-hours of writing tokens, at the speed of serving.
func (in *Inputs) answerHours(tokens float64) float64 {
	if in.AnswerRate <= 0 {
		return 0
	}
	return tokens / in.AnswerRate / 3600
}

// exact is no spread at all.
var exact [DriverCount]uncertainty.Spread

// Work fills out with what every stage takes; a stage that is off takes
// nothing. It allocates nothing.
func Work(in *Inputs, out *[StageCount]Amount) {
	*out = [StageCount]Amount{}
	v, w := &in.V, in.Spread
	if w == nil {
		w = &exact
	}
	const read = model.ForwardPerParam

	// The text of the run, and the crawl that it was taken from.
	text := in.Unique * v[BytesPerToken] / tera
	crawl := 0.0
	if v[TextYield] > 0 {
		crawl = text / v[TextYield]
	}
	crawlSpread := w[BytesPerToken].And(w[TextYield].Inverse())

	if in.On.Has(Collect) {
		a := &out[Collect]
		a.Tokens = in.Unique
		a.MovedTB = crawl
		a.StoredTB = text * v[StorageCopies] * v[StorageMonths]
		a.StoreSpread = w[BytesPerToken].And(w[StorageCopies]).And(w[StorageMonths])
		a.CoreSpread = crawlSpread // of what is moved
		a.Bought, a.BoughtSpread = v[Licences], w[Licences]
	}
	if in.On.Has(Filter) {
		a := &out[Filter]
		a.Tokens = in.Unique
		a.CoreHours = crawl * 1000 / v[FilterRate]
		a.CoreSpread = crawlSpread.And(w[FilterRate].Inverse())
		a.FLOP = read * v[ClassifierParams] * in.Unique * v[ClassifierPasses]
		if in.Peak > 0 {
			a.GPUHours = a.FLOP / (in.Peak * v[ClassifierMFU]) / 3600
		}
		a.GPUSpread = w[ClassifierParams].And(w[ClassifierPasses]).And(w[ClassifierMFU].Inverse())
	}
	if in.On.Has(Tokenise) {
		a := &out[Tokenise]
		a.Tokens = in.Unique
		a.CoreHours = text * 1e6 / v[TokeniseRate] / 3600
		a.CoreSpread = w[BytesPerToken].And(w[TokeniseRate].Inverse())
		a.StoredTB = in.Unique * in.IDBytes / tera * v[StorageMonths]
		a.StoreSpread = w[StorageMonths]
	}
	if in.On.Has(Experiments) {
		a := &out[Experiments]
		a.FLOP = in.RunFLOP * v[ExperimentShare]
		a.GPUHours = in.RunHours * v[ExperimentShare]
		a.GPUSpread, a.Causes = w[ExperimentShare], ByRun
	}
	if in.On.Has(Pretrain) {
		a := &out[Pretrain]
		a.Tokens = in.Tokens
		a.FLOP, a.GPUHours, a.Causes = in.RunFLOP, in.RunHours, ByRun
	}
	if in.On.Has(Midtrain) {
		a := &out[Midtrain]
		a.Tokens = in.Tokens * v[MidTokens]
		a.FLOP = a.Tokens * in.TokenFLOP * in.MidWork
		a.GPUHours = in.hoursOf(a.FLOP)
		a.GPUSpread, a.Causes = w[MidTokens], ByRun
	}
	if in.On.Has(Synthetic) {
		a := &out[Synthetic]
		a.Tokens = v[SyntheticTokens] / v[SyntheticKeep]
		a.GPUHours = a.Tokens / v[SyntheticRate] / 3600
		a.GPUSpread = w[SyntheticTokens].And(w[SyntheticKeep].Inverse()).And(w[SyntheticRate].Inverse())
	}
	if in.On.Has(Annotate) {
		a := &out[Annotate]
		a.Answers = v[Preferences] + v[Demonstrations]
		p := v[Preferences] * v[PreferencePrice] * (1 + v[Checking])
		d := v[Demonstrations] * v[DemonstrationPrice] * (1 + v[Checking])
		compared := uncertainty.Value{V: p, Spread: w[Preferences].And(w[PreferencePrice])}
		bought := compared.Plus(uncertainty.Value{V: d, Spread: w[Demonstrations].And(w[DemonstrationPrice])})
		a.Bought, a.BoughtSpread = bought.V, bought.Spread
	}
	if in.On.Has(SFT) {
		a := &out[SFT]
		a.Tokens = v[SFTExamples] * v[SFTLength] * v[SFTEpochs]
		a.FLOP = model.SFT.PerParam() * in.Active * a.Tokens
		a.GPUHours = in.hoursOf(a.FLOP)
		a.GPUSpread, a.Causes = w[SFTExamples].And(w[SFTLength]).And(w[SFTEpochs]), ByRun
	}
	if in.On.Has(Reward) {
		a := &out[Reward]
		a.Tokens = 2 * v[Preferences] * v[DPOLength]
		a.FLOP = model.RewardModel.PerParam() * in.Active * v[RewardSize] * a.Tokens
		a.GPUHours = in.hoursOf(a.FLOP)
		a.GPUSpread, a.Causes = w[Preferences].And(w[DPOLength]).And(w[RewardSize]), ByRun
	}
	if in.On.Has(PPO) {
		a := &out[PPO]
		a.Tokens = v[PPOEpisodes] * v[PPOLength]
		// The model: old probabilities and the frozen copy read, trained; critic
		// and reward model, of the reward model's size: read twice, critic trained.
		a.FLOP = (2*read + model.TrainPerParam + (2*read+model.TrainPerParam)*v[RewardSize]) * in.Active * a.Tokens
		a.GPUHours = in.hoursOf(a.FLOP) + in.answerHours(a.Tokens)
		a.GPUSpread, a.Causes = w[PPOEpisodes].And(w[PPOLength]).And(w[RewardSize]), ByRun|ByServe
	}
	if in.On.Has(DPO) {
		a := &out[DPO]
		a.Tokens = 2 * v[DPOPairs] * v[DPOLength]
		a.FLOP = model.DPO.PerParam() * in.Active * a.Tokens
		a.GPUHours = in.hoursOf(a.FLOP)
		a.GPUSpread, a.Causes = w[DPOPairs].And(w[DPOLength]), ByRun
	}
	if in.On.Has(RL) {
		a := &out[RL]
		a.Tokens = v[RLRollouts] * v[RLLength]
		a.FLOP = (model.GRPO.PerParam() - read) * in.Active * a.Tokens
		a.GPUHours = (in.hoursOf(a.FLOP) + in.answerHours(a.Tokens)) / v[RLBusy]
		a.GPUSpread, a.Causes = w[RLRollouts].And(w[RLLength]).And(w[RLBusy].Inverse()), ByRun|ByServe
	}
	if in.On.Has(Distil) {
		a := &out[Distil]
		a.Tokens = v[DistilTokens]
		a.FLOP = (read*v[TeacherParams] + model.TrainPerParam*in.Active) * a.Tokens
		a.GPUHours = in.hoursOf(a.FLOP)
		a.GPUSpread, a.Causes = w[DistilTokens].And(w[TeacherParams]), ByRun
	}
	if in.On.Has(Evaluate) {
		a := &out[Evaluate]
		a.Tokens = v[EvalTokens] * v[EvalPasses]
		written := a.Tokens * v[EvalOut]
		a.FLOP = read * in.Active * (a.Tokens - written)
		a.GPUHours = in.hoursOf(a.FLOP) + in.answerHours(written)
		a.GPUSpread, a.Causes = w[EvalTokens].And(w[EvalPasses]), ByRun|ByServe
	}
	if in.On.Has(RedTeam) {
		a := &out[RedTeam]
		a.Answers = v[RedTeamHours]
		a.Bought = v[RedTeamHours] * v[RedTeamPrice]
		a.BoughtSpread = w[RedTeamHours].And(w[RedTeamPrice])
	}
	if in.On.Has(Quantise) {
		a := &out[Quantise]
		a.GPUHours = v[QuantiseHours] * in.Total / 1e9
		a.GPUSpread = w[QuantiseHours]
	}
	if in.On.Has(Deploy) {
		a := &out[Deploy]
		a.GPUHours = in.CopyGPUs * 24 * v[StagingDays]
		a.ServeHours = a.GPUHours
		a.GPUSpread = w[StagingDays]
	}
	if in.On.Has(Retrain) {
		a := &out[Retrain]
		k := v[RetrainPerYear] * in.Horizon / 365 * v[RetrainShare]
		a.FLOP, a.GPUHours = in.RunFLOP*k, in.RunHours*k
		a.GPUSpread, a.Causes = w[RetrainPerYear].And(w[RetrainShare]), ByRun
	}
	if in.On.Has(Operate) {
		a := &out[Operate]
		a.GPUHours = in.FleetGPUs * 24 * in.Horizon
		a.ServeHours = a.GPUHours
		a.Causes = ByFleet
	}
}
