//! How many chunks are sent at a time.

use std::sync::{Mutex, PoisonError};

/// The number of calls that may run at a time: halved when the service throttles, one more after a clean round.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    allowed: usize,
    /// The number of times that the pace was halved. Calls that began before do not count: they halve it once together.
    round: u64,
    /// The calls of the round that went through.
    clean: usize,
}

impl Pace {
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::new(State { allowed: most, round: 0, clean: 0 }) }
    }

    /// Returns the number of calls that may run now, and the round that a call which starts now belongs to.
    pub(super) fn now(&self) -> (usize, u64) {
        self.with(|state| (state.allowed, state.round))
    }

    /// Notes that the service throttled a call.
    pub(super) fn throttled(&self, round: u64) {
        self.with(|state| {
            if state.round == round {
                *state = State { allowed: (state.allowed / 2).max(1), round: round + 1, clean: 0 };
            }
        });
    }

    /// Notes that a call went through.
    pub(super) fn went_through(&self, round: u64) {
        self.with(|state| {
            if state.round == round && state.allowed < self.most {
                state.clean += 1;
                if state.clean >= state.allowed {
                    state.allowed += 1;
                    state.clean = 0;
                }
            }
        });
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_halves_once_for_all_calls_that_run_and_a_clean_round_adds_one() {
        let pace = Pace::new(8);
        assert_eq!(pace.now(), (8, 0));
        for _ in 0..8 {
            pace.throttled(0);
        }
        assert_eq!(pace.now(), (4, 1));
        // Calls of the earlier round say nothing about the new pace.
        pace.went_through(0);
        for _ in 0..3 {
            pace.went_through(1);
        }
        assert_eq!(pace.now().0, 4);
        pace.went_through(1);
        assert_eq!(pace.now().0, 5);
    }

    #[test]
    fn the_pace_stays_between_one_and_the_most() {
        let pace = Pace::new(3);
        for round in 0..5 {
            pace.throttled(round);
        }
        assert_eq!(pace.now().0, 1);
        for _ in 0..20 {
            pace.went_through(5);
        }
        assert_eq!(pace.now().0, 3);
    }
}
