public import CeleriacCore
import RESPClient

extension RQStore: PatientStore {
    public func failAtFirst() { client.failAtFirst() }
}
