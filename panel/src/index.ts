import { DuplicatesPanel } from "./DuplicatesPanel";
import { register } from "./host/register";

register("IouDuplicatesPanel", DuplicatesPanel);
