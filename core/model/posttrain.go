package model

// PostTraining is a way to train a model further.
type PostTraining uint8

const (
	SFT         PostTraining = iota // supervised fine-tuning
	LoRATuning                      // the same with adapters
	RewardModel                     // per token of both answers
	DPO                             // direct preference optimisation: policy trained, reference read
	DPOCached                       // the same with the reference's scores kept from a first pass
	PPO                             // policy, critic, reward model and reference, all of one size, one epoch
	GRPO                            // group-relative: no critic; reference and old policy read, one epoch
	postTrainings
)

var postTrainingNames = [postTrainings]string{"sft", "lora", "reward", "dpo", "dpo-cached", "ppo", "grpo"}

func (p PostTraining) String() string {
	if p < postTrainings {
		return postTrainingNames[p]
	}
	return "unknown"
}

// FindPostTraining finds a way by name.
func FindPostTraining(name string) (PostTraining, bool) {
	for i, n := range postTrainingNames {
		if n == name {
			return PostTraining(i), true
		}
	}
	return 0, false
}

// PerParam is the FLOP per parameter and token, by counting passes: 2 to read
// or generate, 6 to train, with all models of one size. Wall-clock time is another matter: generation
// runs far below the speed of training.
//
//	PPO   generate 2, reward 2, reference 2, old policy 2, critic 2, train policy and critic 12
//	GRPO  generate 2, reference 2, old policy 2, train 6
func (p PostTraining) PerParam() float64 {
	const read, train = ForwardPerParam, TrainPerParam
	switch p {
	case LoRATuning:
		return LoRAPerParam
	case DPO:
		return train + read
	case PPO:
		return 5*read + 2*train
	case GRPO:
		return 3*read + train
	}
	return train
}
