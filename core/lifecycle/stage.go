// Package lifecycle is what stands around the training run: the stages of a
// model's making and use, from collecting text to running the service. Each
// stage says what it takes in computing, storage, bought work and time; what
// that costs is the business of package bill.
package lifecycle

// Stage is one stage of a model's life.
type Stage uint8

// Stages, in an order in which each comes after those that it waits for.
const (
	Collect     Stage = iota // text is gathered
	Filter                   // filtered and freed of repeats
	Tokenise                 // cut into tokens
	Experiments              // small runs that decide the large one
	Pretrain                 // the run itself, with what had to be begun again
	Midtrain                 // better data, longer sequences
	Synthetic                // text that another model writes
	Annotate                 // answers and comparisons by people
	SFT                      // supervised fine-tuning
	Reward                   // a model that knows what people prefer
	PPO                      // reinforcement learning with four models
	DPO                      // preferences learned directly
	RL                       // reinforcement learning on answers that can be checked (GRPO)
	Distil                   // a teacher's probabilities learned
	Evaluate                 // benchmarks
	RedTeam                  // people try to break it
	Quantise                 // fewer bits for serving
	Deploy                   // tried out beside the service, then switched on
	Monitor                  // answers watched
	Retrain                  // refreshed with newer data
	Operate                  // answering
	StageCount
)

// About describes a stage.
type About struct {
	Key   string // in fields and JSON: "sft"
	Name  string
	Says  string
	After uint32 // stages that must be over before this one starts, a bit each; one that is left out passes on its own
	Long  bool   // runs as long as the model serves
}

func after(stages ...Stage) (set uint32) {
	for _, s := range stages {
		set |= 1 << s
	}
	return set
}

// Stages describes every stage, indexed by Stage.
var Stages = [StageCount]About{
	Collect:     {Key: "collect", Name: "Collecting text", Says: "Crawled pages are fetched and kept; licences are bought."},
	Filter:      {Key: "filter", Name: "Filtering and removing repeats", Says: "Text is taken out of pages, poor text and repeats are dropped, a classifier reads the rest.", After: after(Collect)},
	Tokenise:    {Key: "tokenise", Name: "Tokenising", Says: "Text is cut into tokens and stored.", After: after(Filter)},
	Experiments: {Key: "experiments", Name: "Experiments and scaling sweeps", Says: "Small runs that settle shape, data mix and settings before the large one.", After: after(Collect)},
	Pretrain:    {Key: "pretrain", Name: "Training run", Says: "The run of this case, and what was begun and given up.", After: after(Tokenise, Experiments)},
	Midtrain:    {Key: "midtrain", Name: "Mid-training and long context", Says: "Some more tokens of better data in long sequences.", After: after(Pretrain)},
	Synthetic:   {Key: "synthetic", Name: "Synthetic data", Says: "A model writes text; what passes the filters is kept.", After: after(Experiments)},
	Annotate:    {Key: "annotate", Name: "Work of annotators", Says: "People write answers and compare answers.", After: after(Experiments)},
	SFT:         {Key: "sft", Name: "Supervised fine-tuning", Says: "The model learns from written answers.", After: after(Midtrain, Synthetic, Annotate)},
	Reward:      {Key: "reward", Name: "Reward model", Says: "A second model learns which of two answers people prefer.", After: after(SFT)},
	PPO:         {Key: "ppo", Name: "Reinforcement learning from people (PPO)", Says: "The model writes answers; reward model, critic and a copy of the start judge them; model and critic learn.", After: after(Reward)},
	DPO:         {Key: "dpo", Name: "Preference tuning (DPO)", Says: "The model learns from pairs of answers directly, beside a copy of the start.", After: after(SFT)},
	RL:          {Key: "rl", Name: "Reinforcement learning on checked answers (GRPO)", Says: "The model writes many answers to each question; a program checks them; the model learns from the better ones.", After: after(SFT, DPO, PPO)},
	Distil:      {Key: "distil", Name: "Distilling", Says: "The model learns the probabilities of a larger one.", After: after(Midtrain, Synthetic)},
	Evaluate:    {Key: "evaluate", Name: "Evaluation", Says: "Benchmarks are run on many checkpoints.", After: after(SFT, DPO, PPO, RL, Distil)},
	RedTeam:     {Key: "redteam", Name: "Red-teaming", Says: "Experts try to make it do harm.", After: after(SFT, DPO, PPO, RL, Distil)},
	Quantise:    {Key: "quantise", Name: "Quantising", Says: "Weights are stored in fewer bits for serving.", After: after(Evaluate)},
	Deploy:      {Key: "deploy", Name: "Deployment", Says: "One copy is kept for tests beside the service before it is switched on.", After: after(RedTeam, Quantise)},
	Monitor:     {Key: "monitor", Name: "Monitoring", Says: "Answers are logged, filtered and watched; people on call.", After: after(Deploy), Long: true},
	Retrain:     {Key: "retrain", Name: "Retraining", Says: "The model is refreshed with newer data.", After: after(Deploy), Long: true},
	Operate:     {Key: "operate", Name: "Serving and operations", Says: "Machines and people that answer.", After: after(Deploy), Long: true},
}

func (s Stage) String() string {
	if s < StageCount {
		return Stages[s].Key
	}
	return "unknown"
}

// A Set is a set of stages, a bit each.
type Set uint32

// Has reports whether the stage is in the set.
func (x Set) Has(s Stage) bool { return x>>s&1 != 0 }

// A Scope is a usual choice of stages.
type Scope struct {
	Key, Label, Help string
	Stages           Set
}

var (
	runSet  = Set(after(Pretrain))
	baseSet = runSet | Set(after(Collect, Filter, Tokenise, Experiments, Midtrain, Evaluate))
	tuned   = baseSet | Set(after(Annotate, SFT, RedTeam, Quantise))
)

// Scopes lists the usual choices, the smallest first.
var Scopes = [...]Scope{
	{"run", "the training run alone", "Nothing but the run, and what had to be begun again.", runSet},
	{"base", "a base model", "Data, experiments, the run, mid-training and benchmarks.", baseSet},
	{"chat", "a chat model", "With answers by people, preferences (DPO), red-teaming and quantising.", tuned | Set(after(DPO))},
	{"rlhf", "a chat model by PPO", "With a reward model and reinforcement learning, as InstructGPT.", tuned | Set(after(Reward, PPO))},
	{"reasoning", "a reasoning model", "With reinforcement learning on answers that can be checked, as DeepSeek-R1.", tuned | Set(after(RL))},
	{"service", "a chat model, served", "With deployment, monitoring, a refresh and the serving of the days ahead.", tuned | Set(after(DPO, Deploy, Monitor, Retrain, Operate))},
}

// FindScope finds a usual choice by its key.
func FindScope(key string) (*Scope, bool) {
	for i := range Scopes {
		if Scopes[i].Key == key {
			return &Scopes[i], true
		}
	}
	return nil, false
}
