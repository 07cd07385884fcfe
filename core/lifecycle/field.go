package lifecycle

import "flopbook/core/unit"

// A Field describes an assumption that a reader can open, change, give a range
// and reset. Its default stands in the catalogue under its key.
type Field struct {
	unit.Field
	Symbol string // in formulas
	Help   string // one sentence for the reader
}

// Driver is what the size of a stage follows from.
type Driver uint8

// Drivers, stage by stage.
const (
	TextYield Driver = iota
	BytesPerToken
	TransferPrice
	StoragePrice
	StorageMonths
	StorageCopies
	Licences
	FilterRate
	CorePrice
	ClassifierParams
	ClassifierPasses
	ClassifierMFU
	DataQuality
	TokeniseRate
	ExperimentShare
	FailedShare
	MidTokens
	MidSeq
	SyntheticTokens
	SyntheticKeep
	SyntheticRate
	Preferences
	PreferencePrice
	Demonstrations
	DemonstrationPrice
	Checking
	SFTExamples
	SFTLength
	SFTEpochs
	RewardSize
	PPOEpisodes
	PPOLength
	DPOPairs
	DPOLength
	RLRollouts
	RLLength
	RLBusy
	DistilTokens
	TeacherParams
	EvalTokens
	EvalOut
	EvalPasses
	RedTeamHours
	RedTeamPrice
	QuantiseHours
	StagingDays
	RetrainPerYear
	RetrainShare
	ToolsPrice
	DriverCount
)

func field(key, name string, kind unit.Kind, min, max float64, example, symbol, help string) Field {
	return Field{Field: unit.Field{Name: name, Key: key, Kind: kind, Min: min, Max: max, Example: example}, Symbol: symbol, Help: help}
}

// Drivers describes every driver, indexed by Driver.
var Drivers = [DriverCount]Field{
	TextYield:          field("text_yield", "Share of the crawl that is kept as text", unit.Fraction, 1e-6, 1, "0.15 %", "y", "Most of a crawl is markup, repeats, other languages or poor text."),
	BytesPerToken:      field("bytes_per_token", "Bytes of text per token", unit.BytesPerToken, 0.1, 1e6, "4", "b", "How much text one token stands for."),
	TransferPrice:      field("transfer_price", "$ per TB fetched", unit.Money, 0, 1e5, "$10", "c_t", "Requests and transfer for the crawl."),
	StoragePrice:       field("storage_price", "$ per TB stored and month", unit.Money, 0, 1e5, "$23", "c_s", "Object storage."),
	StorageMonths:      field("storage_months", "Months stored", unit.None, 0, 1200, "12", "m_s", "How long the text is kept."),
	StorageCopies:      field("storage_copies", "Copies of the text stored", unit.None, 0, 1000, "3", "k_s", "Versions of the text that lie side by side."),
	Licences:           field("licences", "Licences for text", unit.Money, 0, 1e12, "$0", "K_L", "What is paid to owners of text."),
	FilterRate:         field("filter_rate", "GB of crawl per core and hour", unit.None, 1e-3, 1e6, "10", "r_f", "How fast pages go through extraction, filters and de-duplication."),
	CorePrice:          field("core_price", "$ per core-hour", unit.Money, 0, 1e3, "$0.04", "c_c", "One processor core for an hour."),
	ClassifierParams:   field("classifier_params", "Size of the classifier", unit.ParamCount, 1, 1e12, "109M", "N_c", "The model that judges the quality of text."),
	ClassifierPasses:   field("classifier_passes", "Times the classifier reads the text", unit.None, 0, 100, "1", "k_c", "0 leaves it out."),
	ClassifierMFU:      field("classifier_mfu", "Useful share of peak of the classifier", unit.Fraction, 1e-4, 1, "15 %", "u_c", "Small models keep large chips badly busy."),
	DataQuality:        field("data_quality", "Worth of filtered text", unit.None, 1, 1e3, "1", "q", "How many times the compute the same ability would need on unfiltered text."),
	TokeniseRate:       field("tokenise_rate", "MB of text tokenised per core and second", unit.None, 1e-3, 1e6, "3", "r_t", "Speed of the tokeniser."),
	ExperimentShare:    field("experiments", "Experiments over the final run", unit.Fraction, 0, 100, "120 %", "x", "Compute of all experiments, sweeps and ablations, as a share of the final run's."),
	FailedShare:        field("failed_share", "Runs begun and given up, over the final run", unit.Fraction, 0, 100, "25 %", "f", "Beyond the hours that the run itself loses to failures."),
	MidTokens:          field("mid_tokens", "Tokens of mid-training over those before", unit.Fraction, 0, 10, "5 %", "d_m", "How much is read again in long sequences and better data."),
	MidSeq:             field("mid_seq", "Sequence length in mid-training", unit.TokenCount, 1, 1e9, "131072", "s_m", "Attention takes more work in longer sequences."),
	SyntheticTokens:    field("synthetic_tokens", "Synthetic tokens kept", unit.TokenCount, 0, 1e18, "10B", "D_s", "Text that a model writes for training; 0 for none."),
	SyntheticKeep:      field("synthetic_keep", "Share of synthetic text kept", unit.Fraction, 1e-4, 1, "50 %", "k_y", "The rest fails the filters."),
	SyntheticRate:      field("synthetic_rate", "Synthetic tokens per second and GPU", unit.TokenRate, 1e-3, 1e9, "1875", "r_y", "Speed of the model that writes."),
	Preferences:        field("preferences", "Comparisons bought", unit.Count, 0, 1e12, "150,000", "n_p", "Pairs of answers that people compare."),
	PreferencePrice:    field("preference_price", "$ per comparison", unit.Money, 0, 1e6, "$3", "c_p", "Paid to people or their agency."),
	Demonstrations:     field("demonstrations", "Answers written by people", unit.Count, 0, 1e12, "27,540", "n_w", "Examples for supervised fine-tuning."),
	DemonstrationPrice: field("demonstration_price", "$ per written answer", unit.Money, 0, 1e6, "$27", "c_w", "Paid to people or their agency."),
	Checking:           field("checking", "Checks and rework, over the bought work", unit.Fraction, 0, 10, "20 %", "h", "A second person looks, and some is done again."),
	SFTExamples:        field("sft_examples", "Examples of fine-tuning", unit.Count, 0, 1e12, "27,540", "n_f", "Written by people or by a model."),
	SFTLength:          field("sft_length", "Tokens of an example", unit.TokenCount, 1, 1e9, "800", "l_f", "Question and answer."),
	SFTEpochs:          field("sft_epochs", "Times an example is read", unit.None, 0, 1e4, "2", "e_f", "Epochs."),
	RewardSize:         field("reward_size", "Size of the reward model, over the model's", unit.Fraction, 0, 100, "100 %", "n_r", "The model that learns what people prefer."),
	PPOEpisodes:        field("ppo_episodes", "Episodes of PPO", unit.Count, 0, 1e15, "256,000", "n_e", "Answers written and learned from."),
	PPOLength:          field("ppo_length", "Tokens of an episode", unit.TokenCount, 1, 1e9, "800", "l_e", "Question and answer."),
	DPOPairs:           field("dpo_pairs", "Pairs of answers learned from", unit.Count, 0, 1e15, "150,000", "n_d", "One preferred, one not."),
	DPOLength:          field("dpo_length", "Tokens of an answer with its question", unit.TokenCount, 1, 1e9, "800", "l_d", "Both answers are read."),
	RLRollouts:         field("rl_rollouts", "Answers tried", unit.Count, 0, 1e15, "5,300,000", "n_a", "Questions times answers to each, over all steps (rollouts)."),
	RLLength:           field("rl_length", "Tokens of an answer tried", unit.TokenCount, 1, 1e9, "8000", "l_a", "Reasoning is long."),
	RLBusy:             field("rl_busy", "Busy share of the GPUs", unit.Fraction, 1e-3, 1, "50 %", "u_a", "GPUs wait for the longest answer of a step."),
	DistilTokens:       field("distil_tokens", "Tokens distilled", unit.TokenCount, 0, 1e18, "10B", "D_t", "Read by teacher and student; 0 for none."),
	TeacherParams:      field("teacher_params", "Size of the teacher", unit.ParamCount, 1, 1e15, "70B", "N_t", "Parameters that the teacher uses for a token."),
	EvalTokens:         field("eval_tokens", "Tokens of one pass through the benchmarks", unit.TokenCount, 0, 1e15, "1.26B", "D_v", "Questions and answers of all tests."),
	EvalOut:            field("eval_out", "Share of them written, not read", unit.Fraction, 0, 1, "13 %", "o_v", "Answers are written far more slowly than questions are read."),
	EvalPasses:         field("eval_passes", "Checkpoints tested", unit.Count, 0, 1e6, "20", "n_v", "Each takes one pass."),
	RedTeamHours:       field("redteam_hours", "Hours of red-teaming", unit.HourCount, 0, 1e9, "2000", "H_x", "By people outside the team."),
	RedTeamPrice:       field("redteam_price", "$ per hour of red-teaming", unit.Money, 0, 1e5, "$100", "c_x", "Experts of many fields."),
	QuantiseHours:      field("quantise_hours", "GPU-hours to quantise a billion parameters", unit.GPUHourCount, 0, 1e6, "0.023", "h_q", "Layer by layer, with a little text to calibrate on."),
	StagingDays:        field("staging_days", "Days that one copy is kept for tests", unit.DayCount, 0, 36525, "30", "T_q", "Beside the service, before and while it is switched on."),
	RetrainPerYear:     field("retrain_per_year", "Refreshes a year", unit.None, 0, 1000, "1", "n_y", "How often the model learns newer data."),
	RetrainShare:       field("retrain_share", "Compute of a refresh over the run's", unit.Fraction, 0, 10, "10 %", "x_y", "A refresh reads far less than the first run."),
	ToolsPrice:         field("tools_price", "$ for tools per person and month", unit.Money, 0, 1e6, "$300", "c_m", "Tracking, scheduling, labelling and development tools."),
}
