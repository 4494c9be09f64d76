package import CeleriacCore

extension CeleriacError {
    /// The error for a value with text that only JSON can carry.
    ///
    /// - Parameter format: the name of the format that was to be written.
    package static func loneSurrogate(in format: String) -> CeleriacError {
        CeleriacError(.invalidArguments, "\(format) cannot represent lone surrogates: use JSON")
    }
}
