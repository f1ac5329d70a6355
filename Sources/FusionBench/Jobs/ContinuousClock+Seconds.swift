extension ContinuousClock.Instant {
    /// How long ago it was, to the millisecond.
    var secondsUntilNow: Double { ((.now - self) / .milliseconds(1)).rounded() / 1000 }
}
