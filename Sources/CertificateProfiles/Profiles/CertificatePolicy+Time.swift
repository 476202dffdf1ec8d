package import Cryptography

/// Time stamps, the clock behind them, and how often third parties may ask.
extension CertificatePolicy {
    package struct TimeStamps: Codable, Sendable, Hashable {
        package var policy: String
        package var digests: [DigestAlgorithm]
        /// The part of the accuracy that is not the clock's: a token leaves out the fraction of its second.
        package var accuracyMilliseconds: Int
        /// For so many days a key signs; then it gets a successor.
        package var keyDays: Int
        package var clock: ClockRules
        package var `public`: PublicRate
        /// How many of the public's requests are signed at once, and how many may wait for that.
        package var publicAtOnce: Int
        package var publicWaiting: Int
    }

    /// When the clock is trusted.
    package struct ClockRules: Codable, Sendable, Hashable {
        package var unsynchronised: Unsynchronised
        /// A larger difference between the wall clock and the time since boot than before is a step.
        package var stepMilliseconds: Int
        /// A kernel whose own bound of the error is larger is not believed.
        package var longestErrorMilliseconds: Int
        /// After a step, so long must the kernel have said "synchronised" before it is believed again.
        package var settleSeconds: Int
        /// The longest time for which officers' word may stand in for the kernel's.
        package var longestWordHours: Int
        /// The accuracy that such a word gives.
        package var wordAccuracyMilliseconds: Int

        /// What a clock is worth that nobody keeps.
        package enum Unsynchronised: String, Codable, Sendable, Hashable {
            /// Nothing, until officers give their word.
            case refused
            /// For an evaluation: it is taken as it is, tokens state no accuracy, and every command says so.
            case evaluation
        }
    }

    /// Token buckets for third parties: one for each client, and one for all.
    package struct PublicRate: Codable, Sendable, Hashable {
        package var clientPerMinute: Int
        package var clientBurst: Int
        package var allPerMinute: Int
        package var allBurst: Int

        package init(clientPerMinute: Int, clientBurst: Int, allPerMinute: Int, allBurst: Int) {
            self.clientPerMinute = clientPerMinute
            self.clientBurst = clientBurst
            self.allPerMinute = allPerMinute
            self.allBurst = allBurst
        }

        var defect: String? {
            [clientPerMinute, clientBurst, allPerMinute, allBurst].allSatisfy { (1...1_000_000).contains($0) }
                ? nil : "public: a rate or burst is not from 1 to 1000000"
        }
    }

    /// Answers about the past.
    package struct Validity: Codable, Sendable, Hashable {
        /// A moment is past when what happened in it is surely stored.
        package var settleSeconds: Int
        package var `public`: PublicRate
    }

    /// What cannot hold in the part about time.
    var defectInTime: String? {
        let clock = timeStamps.clock
        let durations = [
            timeStamps.accuracyMilliseconds, clock.stepMilliseconds, clock.longestErrorMilliseconds,
            clock.settleSeconds, clock.longestWordHours, clock.wordAccuracyMilliseconds, timeStamps.publicAtOnce,
            timeStamps.publicWaiting, timeStamps.keyDays,
        ]
        guard durations.allSatisfy({ (1...1_000_000).contains($0) }) else {
            return "timeStamps: a duration or number is not from 1 to 1000000"
        }
        guard timeStamps.accuracyMilliseconds >= 1000 else {
            return "timeStamps: the accuracy covers the second's fraction, so it is at least 1000 ms"
        }
        guard (1...3600).contains(validity.settleSeconds) else { return "validity: settleSeconds is from 1 to 3600" }
        return timeStamps.public.defect ?? validity.public.defect
    }
}
