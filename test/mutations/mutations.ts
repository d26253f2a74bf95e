/** A mistake that somebody could make: a text of a source file, and what it would say then. */
export interface Mutation {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

const optimizer = (name: string, file: string, find: string, replace: string): Mutation => {
  return { name, file: `packages/optimizers/src/${file}.ts`, find, replace }
}

const schedule = (name: string, file: string, find: string, replace: string): Mutation => {
  return { name, file: `packages/schedulers/src/${file}.ts`, find, replace }
}

/** The mistakes that peers have made, each of which at least one test must notice. */
export const mutations: readonly Mutation[] = [
  optimizer(
    'bias correction of the first moment dropped',
    'adam',
    'first_unbiased = where(bias_correction, first_moment / (1 - beta1**t), first_moment)',
    'first_unbiased = first_moment',
  ),
  optimizer(
    'bias correction of the second moment dropped',
    'adam',
    'second_unbiased = where(bias_correction, second_moment / (1 - beta2**t), second_moment)',
    'second_unbiased = second_moment',
  ),
  optimizer('bias correction one step late', 'adam', '(1 - beta1**t)', '(1 - beta1**(t + 1))'),
  optimizer(
    'epsilon moved inside the root, Adam',
    'adam',
    '(sqrt(second_unbiased) + epsilon)',
    'sqrt(second_unbiased + epsilon)',
  ),
  optimizer(
    'epsilon moved inside the root, RMSProp',
    'rmsprop',
    '(sqrt(variance) + epsilon)',
    'sqrt(variance + epsilon)',
  ),
  optimizer(
    'epsilon moved outside the root, RMSProp as optax',
    'rmsprop',
    'learning_rate * gradient / sqrt(variance + epsilon)',
    'learning_rate * gradient / (sqrt(variance) + epsilon)',
  ),
  optimizer(
    'epsilon moved inside the root, AdaGrad',
    'adagrad',
    '(sqrt(gradient_squared) + epsilon)',
    'sqrt(gradient_squared + epsilon)',
  ),
  optimizer(
    'the rate moved outside the velocity',
    'momentum',
    `velocity = momentum * velocity - learning_rate * (1 - dampening) * gradient
    w += velocity`,
    `velocity = momentum * velocity - (1 - dampening) * gradient
    w += learning_rate * velocity`,
  ),
  optimizer(
    'the rate moved inside the velocity, as PyTorch',
    'momentum',
    `where(t > 1, 1 - dampening, 1) * gradient
        w -= learning_rate * velocity`,
    `where(t > 1, 1 - dampening, 1) * learning_rate * gradient
        w -= velocity`,
  ),
  optimizer('the first gradient dampened', 'momentum', 'where(t > 1, 1 - dampening, 1)', '(1 - dampening)'),
  optimizer(
    'the old accumulator for the new, ADADELTA',
    'adadelta',
    `gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2
    update = sqrt(update_squared + epsilon) / sqrt(gradient_squared + epsilon) * gradient`,
    `update = sqrt(update_squared + epsilon) / sqrt(gradient_squared + epsilon) * gradient
    gradient_squared = decay * gradient_squared + (1 - decay) * gradient**2`,
  ),
  optimizer(
    'the new accumulator of updates for the old, ADADELTA',
    'adadelta',
    'update = sqrt(update_squared + epsilon) /',
    'update = sqrt(decay * update_squared + (1 - decay) * gradient**2 + epsilon) /',
  ),
  optimizer(
    'the old moment for the new, Adam',
    'adam',
    'second_moment / (1 - beta2**t)',
    '(second_moment - (1 - beta2) * gradient**2) / beta2 / (1 - beta2**t)',
  ),
  optimizer(
    'the maximum of corrected moments, AMSGrad as PyTorch',
    'amsgrad',
    'largest = max(largest, second_moment)',
    'largest = max(largest, second_moment / (1 - beta2**t))',
  ),
  optimizer('the momentum counted twice, NAdam', 'nadam', 'mu_product *= mu\n', 'mu_product *= mu * mu\n'),
  optimizer(
    'the decay without the rate, AdamW',
    'adamw',
    '+ epsilon) + weight_decay * w)',
    '+ epsilon)) - weight_decay * w',
  ),
  schedule(
    'the drop one step late',
    'step-decay',
    'Math.floor(step / every)',
    'Math.floor((step - 1) / every)',
  ),
  schedule('milestones one step late', 'multi-step', 'sorted[middle] <= limit', 'sorted[middle] < limit'),
  schedule('a joint one step late', 'join', 'step < parts[index].start', 'step <= parts[index].start'),
  schedule('what follows a warm-up begun late', 'warmup', 'then(step - steps)', 'then(step)'),
]
