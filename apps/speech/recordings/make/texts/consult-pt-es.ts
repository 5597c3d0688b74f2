import type { Script } from "../script.ts";

/** A visit with stomach pain: a Portuguese-speaking doctor, a Spanish-speaking patient. Written for this project. */
export const consultPtEs: Script = {
  name: "consult-pt-es",
  speakers: [
    { id: "doctor", endpointId: "a91c3d58", language: "pt", name: "Dr. Tavares", voice: "pm_alex" },
    { id: "patient", endpointId: "7be2f046", language: "es", name: "Carmen", voice: "ef_dora" },
  ],
  turns: [
    ["doctor", "Boa tarde, dona Carmen. O que a traz cá hoje?"],
    ["patient", "Buenas tardes, doctor. Me duele el estómago desde hace, eh, cuatro días."],
    ["doctor", "A dor é do lado direito ou do lado esquerdo?"],
    ["patient", "Del lado izquierdo. No, perdón, del lado derecho, debajo de las costillas."],
    ["doctor", "Tem náuseas, ou vomitou?"],
    ["patient", "Tengo náuseas, pero no he vomitado."],
    ["doctor", "Mediu a temperatura em casa?"],
    ["patient", "Sí, anoche tenía treinta y ocho coma dos, y esta mañana treinta y siete y medio."],
    ["doctor", "Toma algum medicamento todos os dias?"],
    ["patient", "Tomo losartán de cincuenta miligramos por la mañana y, eh, omeprazol antes del desayuno."],
    ["doctor", "O omeprazol é de vinte ou de quarenta miligramas?"],
    ["patient", "De veinte. Nunca tomo aspirina, porque soy alérgica."],
    ["doctor", "É alérgica a mais alguma coisa, por exemplo à penicilina?"],
    ["patient", "No, a la penicilina no. Solo a la aspirina."],
    ["doctor", "A sua tensão está em quinze, não, desculpe, em dezasseis por nove."],
    ["patient", "¿Es muy alta? En casa la tenía en catorce con ocho."],
    ["doctor", "Está um pouco alta. Não pare de tomar o losartan."],
    ["patient", "De acuerdo, no lo dejo. ¿Y para el dolor?"],
    ["doctor", "Tome um grama de paracetamol de oito em oito horas, no máximo três gramas por dia."],
    ["patient", "Un gramo cada ocho horas. ¿Antes o después de comer?"],
    ["doctor", "Depois de comer. E não tome ibuprofeno, faz mal ao estômago."],
    ["patient", "Entendido, sin ibuprofeno. ¿Necesito una ecografía?"],
    ["doctor", "Sim, amanhã às dez e meia. Venha em jejum, não coma nada depois da meia-noite."],
    ["patient", "A las diez y media, en ayunas. ¿Puedo beber agua?"],
    ["doctor", "Pode beber água, mas não beba leite nem café."],
    ["patient", "Muchas gracias, doctor. Hasta mañana."],
  ],
};
