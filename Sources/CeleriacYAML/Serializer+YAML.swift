#if YAML
    public import CeleriacCore

    extension Serializer {
        /// YAML, as kombu's serializer `yaml`: content type `application/x-yaml`.
        ///
        /// Reads the documents that `yaml.safe_load` reads, as data: scalars of YAML 1.1, and aliases up to the size
        /// that the document may have as JSON. Refuses every other tag by name, and merge keys (`<<`).
        public static let yaml = Serializer(
            "yaml", contentType: "application/x-yaml", contentEncoding: "utf-8", coder: YAMLCoder())
    }
#endif
