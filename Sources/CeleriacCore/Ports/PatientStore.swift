/// A store that waits for its server while that cannot be reached. Optional.
public protocol PatientStore: Sendable {
    /// Lets calls fail at once if the first connection cannot be made, instead of trying again until their deadline:
    /// for programs that carry out one command. Once a connection was made, lost ones are made again as usual.
    func failAtFirst()
}
