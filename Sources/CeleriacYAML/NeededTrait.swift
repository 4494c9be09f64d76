#if !YAML
    #error("CeleriacYAML needs the trait YAML: add it to the list of traits of the package celeriac")
#endif
